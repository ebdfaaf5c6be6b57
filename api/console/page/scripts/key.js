// The API key: in this tab only, until it is closed or signed out. Never in an address.

const NAME = "rollcall.key";

export const key = {
  get: () => sessionStorage.getItem(NAME) ?? "",
  set: (value) => sessionStorage.setItem(NAME, value),
  forget: () => sessionStorage.removeItem(NAME),
};

const said = document.querySelector('meta[name="abilities"]').content.split(" ");
/** Whether this service has a call that not all have. */
export const can = (ability) => said.includes(ability);
