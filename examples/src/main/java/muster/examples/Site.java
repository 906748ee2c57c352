package muster.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where things are for one run of the examples.
 *
 * @param tools the folder of the programs {@code nomad} and {@code consul}
 * @param examples the folder of the job files
 * @param registry the registry's address, as in {@code http://127.0.0.1:8500}; the others alike
 * @param dns the port of the DNS interface on the loopback address
 * @param ports what stands instead of a port that the job files fix; those that are not named stay as they are
 */
record Site(
        Path tools,
        Path examples,
        String registry,
        String scheduler,
        int dns,
        String balancer,
        String balancerApi,
        Map<Integer, Integer> ports) {
    static final String DATACENTER = "dev-general";

    Site {
        ports = Map.copyOf(ports);
    }

    /** Of a checkout whose agent listens where users expect it. */
    static Site usual(Path root) {
        return new Site(root.resolve("bin"), root.resolve("examples"), "http://127.0.0.1:8500", "http://127.0.0.1:4646", 8600,
                "http://127.0.0.1:9999", "http://127.0.0.1:9998", Map.of());
    }

    /** The port that stands for one of the job files. */
    int port(int named) {
        return ports.getOrDefault(named, named);
    }

    /** A file below the examples, with this site's ports in it. */
    String file(String name) {
        try {
            return adapted(Files.readString(examples.resolve(name)));
        } catch (IOException e) {
            throw new UncheckedIOException("the example " + name + " can't be read below " + examples, e);
        }
    }

    private String adapted(String text) {
        String adapted = text;
        for (Map.Entry<Integer, Integer> port : ports.entrySet()) {
            adapted = adapted.replaceAll("\\b" + port.getKey() + "\\b", port.getValue().toString());
        }
        return adapted;
    }
}
