"use strict";
// Choosing words with the mouse or the keyboard. Whole words unless snapping is off; what would be chosen is shown before.
class Selecting {
  constructor(state, drawn, root) {
    Object.assign(this, { state, drawn, root, snapping: true, anchor: null });
    root.addEventListener("mousedown", (event) => this.down(event));
    document.addEventListener("mousemove", (event) => this.anchor && this.preview(event));
    document.addEventListener("mouseup", (event) => this.anchor && this.up(event));
  }

  #place(event) {
    const caret = document.caretPositionFromPoint
      ? document.caretPositionFromPoint(event.clientX, event.clientY)
      : document.caretRangeFromPoint(event.clientX, event.clientY);
    if (!caret) return null;
    const place = this.drawn.place(caret.offsetNode ?? caret.startContainer, caret.offset ?? caret.startOffset);
    return place && place.line.length ? place : null;
  }

  down(event) {
    if (event.button !== 0 || event.target.closest("summary")) return;
    const place = this.#place(event);
    if (!place) return;
    if (!place.line.kept) return this.onRefused?.(place.line);
    event.preventDefault();
    this.root.focus({ preventScroll: true });
    this.anchor = { ...place, x: event.clientX, y: event.clientY };
  }

  #range(event) {
    const place = this.#place(event);
    if (!place || place.line !== this.anchor.line) return this.range;
    const [i, j] = [Math.min(this.anchor.at, place.at), Math.max(this.anchor.at, place.at)];
    if (i === j) return null;
    const finest = this.snapping === event.altKey;
    return this.anchor.line.snap(i, j, finest ? this.anchor.line.graphemes : undefined);
  }

  preview(event) {
    this.range = this.#range(event);
    this.show(this.range && { line: this.anchor.line, i: this.range[0], j: this.range[1] });
  }

  up(event) {
    const { line, at, x, y } = this.anchor;
    const still = Math.abs(event.clientX - x) + Math.abs(event.clientY - y) < 4;
    const range = still ? null : this.#range(event);
    this.anchor = null;
    this.range = null;
    if (range) return this.state.select(line, ...range);
    this.click(line, at, event);
  }

  /** A click picks the smallest span under the pointer, a further one the next larger; beside spans it picks the word. */
  click(line, at, event) {
    const spans = event.target.closest?.(".part")?.spans ?? [];
    const ids = [...new Set(spans.map((s) => s.id))];
    if (ids.length) {
      const next = ids.indexOf(this.state.chosen) + 1;
      return this.state.choose(ids[next % ids.length]);
    }
    const unit = line.snap(at, at);
    this.state.select(line, ...(unit ?? [at, at]));
  }

  /** Shows what is chosen, through a highlight that changes no element. */
  show(chosen) {
    if (!CSS.highlights) return;
    CSS.highlights.delete("pending");
    if (chosen && chosen.j > chosen.i) CSS.highlights.set("pending", new Highlight(this.drawn.range(chosen.line, chosen.i, chosen.j)));
  }

  /** Moves the selection to the next unit, or grows it, by the keyboard alone. */
  key(event) {
    const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const down = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!side && !down) return false;
    const now = this.state.selection ?? this.state.cursor ?? this.#first();
    if (!now) return false;
    const next = down ? this.#line(now, down) : event.shiftKey ? this.#grow(now, side, event.altKey) : this.#move(now, side, event.ctrlKey || !this.snapping);
    if (next) {
      this.state.select(next.line, next.i, next.j);
      this.#reveal(next);
    }
    return true;
  }

  #first() {
    const line = this.state.kept[0];
    return line && { line, i: 0, j: 0 };
  }

  #units(line, finest) { return finest ? line.graphemes : line.units; }

  #move({ line, i, j }, side, finest) {
    const units = this.#units(line, finest);
    const unit = side > 0 ? units.find(([a]) => a >= j) : units.findLast(([, b]) => b <= i);
    if (unit) return { line, i: unit[0], j: unit[1] };
    const other = this.state.kept[this.state.kept.indexOf(line) + side];
    const there = other && this.#units(other, finest).at(side > 0 ? 0 : -1);
    return there ? { line: other, i: there[0], j: there[1] } : null;
  }

  #grow({ line, i, j }, side, atStart) {
    const finest = !this.snapping;
    const units = this.#units(line, finest);
    if (atStart) {
      const start = side < 0 ? units.findLast(([a]) => a < i)?.[0] : units.find(([a]) => a > i)?.[0];
      return start !== undefined && start < j ? { line, i: start, j } : null;
    }
    const end = side > 0 ? units.find(([, b]) => b > j)?.[1] : units.findLast(([, b]) => b < j)?.[1];
    return end !== undefined && end > i ? { line, i, j: end } : null;
  }

  #line({ line }, down) {
    const other = this.state.kept[this.state.kept.indexOf(line) + down];
    const unit = other?.units[0];
    return unit ? { line: other, i: unit[0], j: unit[1] } : null;
  }

  #reveal({ line }) { this.drawn.elements.get(line.id).scrollIntoView({ block: "nearest" }); }
}
