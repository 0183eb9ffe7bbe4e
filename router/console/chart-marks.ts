// Marks on a chart at the moments when something happened, so that a dip or a rise has its reason beside it.

import { isLandmark, toneOf } from './event-tone.ts';
import { colour } from './palette.ts';
import type { OpsEvent } from './wire.ts';

const LINE_ALPHA = 0.35;
const DOT_RADIUS = 3;

/** Draws a line with a dot for each landmark since `fromS`; for uPlot's hook before the data. */
export function drawMarks({ ctx, bbox, valToPos }: uPlot, events: readonly OpsEvent[], fromS: number): void {
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  for (const event of events.filter(isLandmark)) {
    const time = Date.parse(event.at) / 1000;
    if (time < fromS) continue;
    const x = Math.round(valToPos(time, 'x', true));
    ctx.strokeStyle = colour(`--tone-${toneOf(event)}`);
    ctx.fillStyle = ctx.strokeStyle;
    ctx.globalAlpha = LINE_ALPHA;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    ctx.beginPath();
    ctx.arc(x, bbox.top, DOT_RADIUS * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.restore();
}
