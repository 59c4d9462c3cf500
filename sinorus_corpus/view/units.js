"use strict";
// Offsets of a line: what is shown, in code points, against raw. The browser counts UTF-16; nothing outside this file does.
const Units = (() => {
  const words = new Intl.Segmenter(undefined, { granularity: "word" });
  const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const UNSPACED = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}|\p{Script=Lao}|\p{Script=Khmer}|\p{Script=Myanmar}/u;

  const length = (text) => {
    let count = 0;
    for (const _ of text) count += 1;
    return count;
  };

  /** A line of the document with, for each shown code point, the raw range it stands for. */
  class Line {
    constructor(data) {
      Object.assign(this, data);
      this.chars = [];
      this.rawStart = [];
      this.rawEnd = [];
      for (const [start, end, text] of data.pieces) this.#add(start, end, Array.from(text));
      this.text = this.chars.join("");
    }

    #add(start, end, chars) {
      const verbatim = chars.length === end - start;
      chars.forEach((char, i) => {
        this.chars.push(char);
        this.rawStart.push(verbatim ? start + i : start);
        this.rawEnd.push(verbatim ? start + i + 1 : end);
      });
    }

    get length() { return this.chars.length; }
    get start() { return this.rawStart[0]; }
    get end() { return this.rawEnd[this.length - 1]; }
    slice(i, j) { return this.chars.slice(i, j).join(""); }

    /** Raw span of shown [i, j). */
    toRaw(i, j) { return [this.rawStart[i], this.rawEnd[j - 1]]; }

    /** Shown range of a raw span, or null where it lies elsewhere. */
    toShown(start, end) {
      if (!this.length || end <= this.start || start >= this.end) return null;
      let i = 0;
      while (this.rawEnd[i] <= start) i += 1;
      let j = this.length;
      while (this.rawStart[j - 1] >= end) j -= 1;
      return i < j ? [i, j] : null;
    }

    /** Words, graphemes of scripts without spaces, and marks, as [i, j); white space is in none. */
    get units() {
      this._units ??= this.#segment();
      return this._units;
    }

    #segment() {
      const found = [];
      let at = 0;
      for (const { segment, isWordLike } of words.segment(this.text)) {
        const parts = isWordLike && !UNSPACED.test(segment) ? [segment] : Array.from(graphemes.segment(segment), (g) => g.segment);
        for (const part of parts) {
          const next = at + length(part);
          if (part.trim()) found.push([at, next]);
          at = next;
        }
      }
      return found;
    }

    get graphemes() {
      if (!this._graphemes) {
        let at = 0;
        this._graphemes = Array.from(graphemes.segment(this.text), ({ segment }) => [at, (at += length(segment))]);
      }
      return this._graphemes;
    }

    /** The smallest run of whole units that covers [i, j); null where there is nothing but space. */
    snap(i, j, units = this.units) {
      const touched = units.filter(([a, b]) => a < Math.max(j, i + 1) && b > i);
      return touched.length ? [touched[0][0], touched[touched.length - 1][1]] : null;
    }
  }

  return { Line, length };
})();
