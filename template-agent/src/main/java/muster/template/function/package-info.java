/**
 * The functions that consul-template's users know, one entry each in the lists of this package.
 * Pure: time, randomness, environment, values and file access come in with the {@link muster.template.function.Context}.
 * Called by the renderer.
 */
package muster.template.function;
