package muster.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * Where things are for one run of the examples.
 *
 * @param tools the folder of the programs {@code nomad} and {@code consul}
 * @param examples the folder of the job files
 * @param registry the registry's address, as in {@code http://127.0.0.1:8500}; the others alike
 * @param dns the port of the DNS interface on the loopback address
 * @param changes what is made of the text of an example before it is used, fixed ports included; usually nothing
 */
record Site(
        Path tools,
        Path examples,
        String registry,
        String scheduler,
        int dns,
        String balancer,
        String balancerApi,
        UnaryOperator<String> changes) {
    static final String DATACENTER = "dev-general";

    /** Of a checkout whose agent listens where users expect it. */
    static Site usual(Path root) {
        return new Site(root.resolve("bin"), root.resolve("examples"), "http://127.0.0.1:8500", "http://127.0.0.1:4646", 8600,
                "http://127.0.0.1:9999", "http://127.0.0.1:9998", UnaryOperator.identity());
    }

    /** What a port that the job files fix has become. */
    int port(int fixed) {
        return Integer.parseInt(changes.apply(Integer.toString(fixed)));
    }

    /** The text of a file below the examples, changed for this site. */
    String file(String name) {
        try {
            return changes.apply(Files.readString(examples.resolve(name)));
        } catch (IOException e) {
            throw new UncheckedIOException("the example " + name + " can't be read below " + examples, e);
        }
    }
}
