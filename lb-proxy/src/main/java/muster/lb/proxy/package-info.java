/**
 * The data path: listeners, pooled connections to targets, and the life of one request between them. Not pure; the only package
 * here that knows Vert.x. Called by the balancers, which hand it a dispatcher.
 */
package muster.lb.proxy;
