package muster.template;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import muster.wire.GoTime;
import muster.wire.Json;
import muster.wire.JsonException;

/** {@code template status}: what an agent that runs says about its templates. Exit 0 when all are rendered, 2 when not, 1 on errors. */
final class StatusCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int NOT_ALL = 2;

    private final PrintStream out;
    private final PrintStream err;

    StatusCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    int run(List<String> args, Map<String, String> env) {
        try {
            Flags flags = Flags.parse(args, Set.of("json"), Set.of("address"), Set.of());
            String address = flags.text("address", env.getOrDefault("MUSTER_TEMPLATE_ADDR", ""));
            if (!flags.words().isEmpty() || address.isEmpty()) {
                err.println("template status needs -address HOST:PORT (or MUSTER_TEMPLATE_ADDR): the status_address of a running agent");
                return 1;
            }
            byte[] body = fetch(address);
            if (flags.isSet("json")) {
                out.println(new String(body, StandardCharsets.UTF_8));
            }
            return show(Json.parse(body), !flags.isSet("json"));
        } catch (Flags.FlagException | JsonException | IllegalArgumentException e) {
            err.println(e.getMessage());
        } catch (IOException e) {
            err.println("no template agent answers there: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 1;
    }

    private static byte[] fetch(String address) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            URI uri = URI.create((address.contains("://") ? address : "http://" + address) + StatusPage.PATH);
            HttpResponse<byte[]> answer = client.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IOException(uri + " answered " + answer.statusCode());
            }
            return answer.body();
        }
    }

    private int show(Object json, boolean print) {
        boolean all = true;
        Map<?, ?> page = json instanceof Map<?, ?> map ? map : Map.of();
        Instant now = GoTime.parse(String.valueOf(page.get("Now")));
        for (Object each : page.get("Templates") instanceof List<?> list ? list : List.of()) {
            Map<?, ?> template = (Map<?, ?>) each;
            all &= "rendered".equals(template.get("State"));
            if (print) {
                out.print(text(template, now));
            }
        }
        return all ? 0 : NOT_ALL;
    }

    private static String text(Map<?, ?> template, Instant now) {
        StringBuilder text = new StringBuilder();
        text.append(template.get("Destination")).append("  ").append(template.get("State")).append("  from ").append(template.get("Source"));
        age(template, "LastRender", now).ifPresent(age -> text.append(", rendered ").append(age).append(" ago"));
        age(template, "LastChange", now).ifPresent(age -> text.append(", changed ").append(age).append(" ago"));
        text.append('\n');
        if (template.get("Missing") instanceof List<?> missing && !missing.isEmpty()) {
            text.append("  waits for ").append(String.join(", ", missing.stream().map(String::valueOf).toList()));
            age(template, "MissingSince", now).ifPresent(age -> text.append(" since ").append(age));
            text.append('\n');
        }
        if (template.get("LastError") != null) {
            text.append("  error: ").append(template.get("LastError")).append('\n');
        }
        if (template.get("NextRetry") != null) {
            text.append("  next try at ").append(template.get("NextRetry")).append('\n');
        }
        for (Object each : template.get("Dependencies") instanceof List<?> list ? list : List.of()) {
            Map<?, ?> input = (Map<?, ?>) each;
            text.append("  ").append(input.get("Name")).append("  ")
                    .append(age(input, "Changed", now).map(age -> "value of " + age + " ago").orElse("no value"));
            age(input, "HeldSince", now).ifPresent(age -> text.append(", empty for ").append(age).append(" and held"));
            if (input.get("Error") != null) {
                text.append(", error: ").append(input.get("Error"));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static java.util.Optional<String> age(Map<?, ?> from, String name, Instant now) {
        if (!(from.get(name) instanceof String time)) {
            return java.util.Optional.empty();
        }
        long seconds = Math.max(0, Duration.between(GoTime.parse(time), now).getSeconds());
        return java.util.Optional.of(seconds < 120 ? seconds + "s" : seconds < 7_200 ? seconds / 60 + "m" : seconds / 3_600 + "h");
    }
}
