/**
 * A request as a value, what is to become of it, and what became of it: the language between the dialects, which decide, and the
 * proxy, which acts. Pure apart from the counters of {@link muster.lb.exchange.Meter}. Called by the dialects, middlewares, proxy.
 */
package muster.lb.exchange;
