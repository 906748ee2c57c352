/**
 * Routes as values: the text commands, the immutable table made of them, and the lookup of a target for a request.
 * Pure: no I/O, clock, thread, randomness or Vert.x. Called by the sources, which make tables, and the proxy, which reads them.
 */
package muster.lb.route;
