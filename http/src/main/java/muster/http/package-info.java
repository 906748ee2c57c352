/**
 * The HTTP edge that the registry, the scheduler and the balancer's API share: a listener, a route list, the request as a
 * value and the reply as a value. Vert.x stays inside. Called by the {@code http} packages of the parts.
 */
package muster.http;
