/**
 * From a template and the known values to text ({@link muster.template.render.Renderer}, pure), and from text to a file
 * ({@link muster.template.render.AtomicFile}, {@link muster.template.render.Sandbox}; these do I/O).
 * Called by the runner and the commands.
 */
package muster.template.render;
