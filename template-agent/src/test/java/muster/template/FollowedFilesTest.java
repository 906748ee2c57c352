package muster.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import muster.registry.client.testing.FakeRegistry;
import muster.template.config.Servers;
import muster.testkit.Eventually;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** After any run of changes, and of outages between them, the files of a running agent are those that a fresh single run writes. */
class FollowedFilesTest {
    private static final int TEMPLATES = 12;
    private static final int CHANGES = 150;

    @TempDir
    private Path folder;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** Lives as long as the test; each agent closes what it was given. */
    private record Kept(FakeRegistry registry, boolean isRemote) implements TemplateCommand.Connector {
        @Override
        public muster.registry.client.RegistryClient connect(Servers.Consul consul, java.time.Duration wait) {
            return new Unclosed(registry, Map.of()).proposed();
        }
    }

    /** {@link ProposedRegistry} closes what is below it, so that is kept open here. */
    private record Unclosed(FakeRegistry registry, Map<String, String> none) {
        muster.registry.client.RegistryClient proposed() {
            return (muster.registry.client.RegistryClient) java.lang.reflect.Proxy.newProxyInstance(Unclosed.class.getClassLoader(),
                    new Class<?>[] {muster.registry.client.RegistryClient.class}, (proxy, method, arguments) -> {
                        try {
                            return method.getName().equals("close") ? null : method.invoke(registry, arguments);
                        } catch (java.lang.reflect.InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }

    private int run(TemplateCommand.Connector connector, String... args) {
        return TemplateCommand.run(List.of(args), Map.of("PATH", "/usr/bin:/bin"), new ByteArrayInputStream(new byte[0]),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), connector);
    }

    private static String template(int number, SplittableRandom random) {
        return switch (number % 4) {
            case 0 -> "{{keyOrDefault \"app/k%d\" \"none\"}} {{keyOrDefault \"app/k%d\" \"none\"}}".formatted(random.nextInt(20), random.nextInt(20));
            case 1 -> "{{range ls \"app\"}}{{.Key}}={{.Value}};{{end}}";
            case 2 -> "{{range service \"web%d|any\"}}{{.ID}} {{.Status}},{{end}}{{if keyExists \"app/k%d\"}}yes{{end}}".formatted(random.nextInt(4), random.nextInt(20));
            default -> "{{with keyOrDefault \"app/k1\" \"\"}}{{range service \"web1\"}}{{.Address}} {{end}}{{end}}{{range services}}{{.Name}} {{end}}";
        };
    }

    private String config(String name, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder("empty_hold = \"0s\"\n");
        for (int i = 0; i < TEMPLATES; i++) {
            text.append("template {\n contents = <<EOF\n").append(template(i, random)).append("\nEOF\n destination = \"")
                    .append(folder.resolve(name + i)).append("\"\n}\n");
        }
        return Files.writeString(folder.resolve(name + ".hcl"), text).toString();
    }

    private List<String> files(String name) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < TEMPLATES; i++) {
            try {
                Path file = folder.resolve(name + i);
                texts.add(Files.exists(file) ? Files.readString(file) : "(none)");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return texts;
    }

    private static void change(FakeRegistry registry, SplittableRandom random) {
        String key = "app/k" + random.nextInt(20);
        String id = "web" + random.nextInt(4) + "-" + random.nextInt(3);
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> registry.put(key, Integer.toString(random.nextInt(100)).getBytes(StandardCharsets.UTF_8));
            case 3 -> registry.delete(key, false);
            case 4, 5 -> registry.add(registry.instance(id.substring(0, 4), id, "10.0.0." + random.nextInt(200), 80));
            case 6 -> registry.remove("node1", id);
            default -> {
                registry.fail("an outage");
                registry.recover();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void a_run_of_changes_ends_with_the_files_of_a_fresh_run(long seed) throws Exception {
        // Odd seeds follow by push, even ones with few requests, as over HTTP.
        FakeRegistry registry = new FakeRegistry();
        Kept connector = new Kept(registry, seed % 2 == 0);
        SplittableRandom random = new SplittableRandom(seed * 31);
        String followed = config("followed", seed);
        Thread agent = Thread.ofVirtual().start(() -> run(connector, "-config", followed));
        try {
            for (int i = 0; i < CHANGES; i++) {
                change(registry, random);
            }
            registry.put("app/last", "1".getBytes(StandardCharsets.UTF_8));
            assertThat(run(connector, "-once", "-config", config("fresh", seed))).as(err.toString(StandardCharsets.UTF_8)).isZero();
            Eventually.holds("the files are equal, seed " + seed, () -> files("followed").equals(files("fresh")));
        } finally {
            agent.interrupt();
            agent.join();
            registry.close();
        }
    }
}
