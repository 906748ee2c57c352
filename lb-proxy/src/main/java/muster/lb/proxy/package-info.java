/**
 * The data path: listeners, pooled connections to targets, and the life of one request, tunnel or relayed connection between them. Not pure,
 * but for the readers and writers of bytes; with {@code Fetches} the only place here that knows the network library. Everything of one
 * connection happens on its event loop. Called by the balancers, which hand it their decisions.
 */
package muster.lb.proxy;
