// What a person agreed to when his voice was enrolled.

import { field, h } from "./dom.js";

/** Fields to open, and `given()`: the consent that was written, or null. */
export function consentFields() {
  const by = h("input", { type: "text", maxlength: "255", autocomplete: "off" });
  const purpose = h("input", { type: "text", maxlength: "1000", autocomplete: "off" });
  const until = h("input", { type: "date" });
  const node = h("details", {}, h("summary", {}, "Consent"), field("Given by", by), field("What for", purpose),
    field("Until", until, "Then the speaker is erased. Empty: until he is deleted."));
  const given = () => {
    if (!by.value.trim() && !purpose.value.trim()) return null;
    const expires = until.value ? { expires_at: new Date(`${until.value}T23:59:59`).toISOString() } : {};
    return { given_by: by.value.trim(), purpose: purpose.value.trim(), given_at: new Date().toISOString(), ...expires };
  };
  return { node, given };
}
