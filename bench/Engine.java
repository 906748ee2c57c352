import com.github.mustachejava.DefaultMustacheFactory;
import com.github.mustachejava.Mustache;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import muster.template.dependency.Values;
import muster.template.function.Context;
import muster.template.function.Outside;
import muster.template.language.Delimiters;
import muster.template.language.Value;
import muster.template.render.Dialect;
import muster.template.render.RenderResult;
import muster.template.render.Renderer;

/**
 * {@code java -cp 'CLASSPATH' bench/Engine.java}: renders one configuration of 100 servers with our engine for Go's templates and
 * with Mustache.java, which must print the same, and prints renderings in a second of processor time of each in
 * turn; the first turns warm up.
 */
final class Engine {
    private static final int SERVERS = 100;
    private static final int TURNS = 8;
    /** Of processor time: what others do on the machine does not count. */
    private static final long TURN_NANOS = 1_000_000_000L;
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
    private static final String GO = """
            upstream {{.name}} {
            {{range .servers}}  server {{.Address}}:{{.Port}} weight={{.Weight}};{{if .Backup}} # backup{{end}}
            {{end}}}
            """;
    private static final String MUSTACHE = """
            upstream {{name}} {
            {{#servers}}  server {{Address}}:{{Port}} weight={{Weight}};{{#Backup}} # backup{{/Backup}}
            {{/servers}}}
            """;

    public static void main(String[] args) {
        List<Map<String, Object>> servers = new ArrayList<>();
        for (int i = 0; i < SERVERS; i++) {
            Map<String, Object> server = new LinkedHashMap<>();
            server.put("Address", "10.0.0." + i);
            server.put("Port", Integer.toString(8_000 + i));
            server.put("Weight", Integer.toString(i % 5 + 1));
            server.put("Backup", i % 10 == 0);
            servers.add(server);
        }
        Map<String, Object> data = Map.of("name", "web", "servers", servers);
        Supplier<String> go = go(Value.ofJson(data));
        Supplier<String> mustache = mustache(data);
        String ours = go.get();
        if (!ours.equals(mustache.get().replace("\n\n", "\n"))) {
            throw new IllegalStateException("they print different texts:\n" + ours + "\n---\n" + mustache.get());
        }
        System.out.println("| turn | Go templates, a second | Mustache.java, a second | ratio |\n|---|---|---|---|");
        for (int turn = 0; turn < TURNS; turn++) {
            double first = rate(go);
            double second = rate(mustache);
            System.out.printf(Locale.ROOT, "| %d | %.0f | %.0f | %.2f |%n", turn + 1, first, second, first / second);
        }
    }

    private static Supplier<String> go(Value data) {
        Renderer renderer = Renderer.parse("bench", GO, Dialect.GO, Delimiters.DEFAULT, false);
        Context.Settings settings = new Context.Settings(Map.of(), List.of(), Outside.NOTHING);
        return () -> ((RenderResult.Rendered) renderer.render(data, Values.NONE, settings, Instant.EPOCH)).text();
    }

    private static Supplier<String> mustache(Map<String, Object> data) {
        Mustache compiled = new DefaultMustacheFactory() {
            @Override
            public void encode(String value, Writer writer) {
                try {
                    writer.write(value);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }.compile(new StringReader(MUSTACHE), "bench");
        return () -> compiled.execute(new StringWriter(), data).toString();
    }

    private static double rate(Supplier<String> engine) {
        long began = CLOCK.getCurrentThreadCpuTime();
        long count = 0;
        long length = 0;
        while (CLOCK.getCurrentThreadCpuTime() - began < TURN_NANOS) {
            length += engine.get().length();
            count++;
        }
        if (length == 0) {
            throw new IllegalStateException("nothing was printed");
        }
        return count * 1e9 / (CLOCK.getCurrentThreadCpuTime() - began);
    }
}
