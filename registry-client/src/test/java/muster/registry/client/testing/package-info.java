/**
 * What other modules' tests take from here (as a test-jar): a registry in memory, and the contract every RegistryClient keeps.
 * Not pure (threads call listeners). Called from tests only.
 */
package muster.registry.client.testing;
