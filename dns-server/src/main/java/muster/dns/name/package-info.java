/**
 * What a name asks for: the forms of names under the registry's domain and of reverse names. Pure. Called by the answer and
 * server packages.
 */
package muster.dns.name;
