"use strict";
// The labels with their keys, and the guideline of the label at hand.
const Palette = (() => {
  const { element } = Draw;
  const RESERVED = new Set("kuvhjbz"); // commands of one letter, see annotate.js

  /** A letter for each label: the first of its own that is free, else any. */
  const keysFor = (names) => {
    const taken = new Set(RESERVED);
    return new Map(names.map((name) => {
      const key = [...name.toLowerCase(), ..."abcdefghijklmnopqrstuvwxyz"].find((c) => /[a-z]/.test(c) && !taken.has(c));
      taken.add(key);
      return [name, key];
    }));
  };

  const draw = (target, state, keys, onLabel) => {
    const groups = Map.groupBy(state.schema.labels.entity, (label) => label.group || "entities");
    Draw.keepFocus(target, () => target.replaceChildren(...[...groups].map(([group, labels]) => element("fieldset", {}, element("legend", {}, group),
      ...labels.map((label) => button(state, keys, label, onLabel))))));
  };

  const button = (state, keys, label, onLabel) => {
    const index = state.schema.labels.entity.indexOf(label);
    const pressed = state.record?.label === label.name;
    const made = element("button", { type: "button", class: "label", "data-label": label.name, "data-focus": label.name, "aria-pressed": String(pressed), title: label.definition, onclick: () => onLabel(label.name) },
      label.name, " ", element("kbd", {}, keys.get(label.name) ?? ""));
    made.style.borderInlineStartColor = Draw.ink(index);
    return made;
  };

  /** The guideline of a label: definition, example, counter-example. */
  const guideline = (target, label, set) => {
    if (!label) return target.replaceChildren(element("p", { class: "faint" }, "Choose a label to see its guideline."));
    target.replaceChildren(
      element("h3", {}, label.name, " ", element("small", {}, set)),
      element("p", {}, label.definition),
      element("p", { class: "good" }, element("b", {}, "Yes: "), label.example),
      element("p", { class: "bad" }, element("b", {}, "No: "), label.counter_example));
  };

  return { keysFor, draw, guideline };
})();
