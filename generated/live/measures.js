/* The measures of an edit that the page takes itself, each beside what an untouched photo scores. */

import { lightAngle } from "./light.js";

/* A pixel counts as changed when a channel moved by more: CHANGE_THRESHOLD in measures/builtin/change.py. */
const VISIBLE = 20;

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const degrees = (angle) => (angle === null ? "not to be read" : `${angle.toFixed(0)}°`);

/** Share of the pixels that changed visibly, each weighted by `weights` (0 to 255, one a pixel; all alike without). */
export const changed = (pixels, before, weights = null) => {
  const visible = (at) => Math.abs(pixels[at] - before[at]) > VISIBLE;
  let [moved, all] = [0, 0];
  for (let at = 0, pixel = 0; at < pixels.length; at += 4, pixel++) {
    const weight = weights ? weights[pixel] : 1;
    if (visible(at) || visible(at + 1) || visible(at + 2)) moved += weight;
    all += weight;
  }
  return all ? moved / all : 0;
};

/** Rows of `[name, value, what it is compared with]`, as text.

    @param pixels the edit, @param given the photo it began with, both RGBA bytes, @param truth of `truthOf`, or null,
    @param light unit vector towards the scene's lamp. */
export const measured = (pixels, given, truth, light) => {
  const nothing = (value) => `nothing done: ${value}`;
  const rows = [["Changed pixels", percent(changed(pixels, given)), nothing("0.0 %")]];
  if (!truth) return rows;
  const { picture, keep, surface, angle } = truth;
  rows.push(["Spill: changed where nothing should", percent(changed(pixels, given, keep)), nothing("0.0 %")]);
  rows.push(["Visibly unlike the true picture", percent(changed(pixels, picture)), nothing(percent(changed(given, picture)))]);
  if (surface.places.length) {
    const untouched = nothing(degrees(lightAngle(given, surface, light)));
    rows.push(["Error of the light’s direction", degrees(lightAngle(pixels, surface, light)), `${untouched}; true picture: ${degrees(angle)}`]);
  }
  return rows;
};
