package muster.agent;

import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;

/**
 * Keeps this process's name lookups with the JDK and so with the system's own rules. The DNS library on the class path offers
 * itself for them; the first provider found wins, and this module's jar is the first.
 */
public final class BuiltinNames extends InetAddressResolverProvider {
    @Override
    public InetAddressResolver get(Configuration configuration) {
        return configuration.builtinResolver();
    }

    @Override
    public String name() {
        return "builtin";
    }
}
