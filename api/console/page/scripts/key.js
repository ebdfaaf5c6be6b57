// The API key: in this tab only, until it is closed or signed out. Never in an address.

const NAME = "rollcall.key";

export const key = {
  get: () => sessionStorage.getItem(NAME) ?? "",
  set: (value) => sessionStorage.setItem(NAME, value),
  forget: () => sessionStorage.removeItem(NAME),
};

/** Whether this service keeps recordings for a while, to be listened to again. */
export const keepsAudio = document.querySelector('meta[name="kept"]').content === "audio";
