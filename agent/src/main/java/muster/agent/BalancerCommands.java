package muster.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.wire.Json;

/** The commands that ask a running balancer over its API: {@code muster lb explain}, {@code status}, {@code drain}, {@code undrain}. */
final class BalancerCommands {
    static final Set<String> NAMES = Set.of("explain", "status", "drain", "undrain", "help");
    private static final String DEFAULT_ADDRESS = "http://127.0.0.1:9998";
    private static final int TIMEOUT_MILLIS = 10_000;

    static final String HELP = """
            Usage: muster lb [-cfg FILE] [-NAME VALUE ...]     runs the balancer in Fabio's manner (all names: fabio -help)
                   muster lb --configFile FILE                 runs it in Traefik's manner
                   muster lb explain [-method M] [-header 'K: V'] URL
                                                               why a request goes where it goes
                   muster lb status                            problems, absent routes, targets and their state
                   muster lb drain HOST:PORT                   no more requests to a target; tells how many are left
                   muster lb undrain HOST:PORT                 takes that back

            The commands ask the API of a running balancer: -address URL, else MUSTER_LB_ADDR, else http://127.0.0.1:9998. In Traefik's
            manner it is the entry point traefik (http://127.0.0.1:8080).
            With -json they print the API's answer. Exit status: 0, 1 when the balancer refuses or can't be reached, 2 for wrong arguments.
            """;

    private final PrintStream out;
    private final PrintStream err;

    /** A command line, read. */
    private record Line(String address, boolean isJson, String method, List<String> headers, List<String> arguments) {}

    BalancerCommands(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs one; the first argument is its name. Returns the exit status. */
    int run(List<String> args, Map<String, String> environment) {
        String name = args.getFirst();
        if (name.equals("help")) {
            out.print(HELP);
            return 0;
        }
        Optional<Line> line = line(args.subList(1, args.size()), environment.getOrDefault("MUSTER_LB_ADDR", DEFAULT_ADDRESS));
        int wanted = name.equals("status") ? 0 : 1;
        if (line.isEmpty() || line.get().arguments().size() != wanted) {
            err.print(HELP);
            return 2;
        }
        try {
            return switch (name) {
                case "explain" -> explain(line.get());
                case "status" -> status(line.get());
                default -> drain(line.get(), name.equals("drain"));
            };
        } catch (IOException | IllegalArgumentException e) {
            err.println("the balancer at " + line.get().address() + " did not answer: " + e.getMessage() + "; -address names another");
            return 1;
        }
    }

    private static Optional<Line> line(List<String> args, String address) {
        boolean isJson = false;
        String method = "GET";
        List<String> headers = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            String flag = arg.startsWith("-") ? arg.replaceFirst("^--?", "") : "";
            int equals = flag.indexOf('=');
            String name = equals < 0 ? flag : flag.substring(0, equals);
            boolean hasValue = Set.of("address", "method", "header").contains(name);
            boolean isUnknown = arg.startsWith("-") && !hasValue && !name.equals("json");
            if (isUnknown || hasValue && equals < 0 && i + 1 >= args.size()) {
                return Optional.empty();
            }
            String value = !hasValue ? "" : equals >= 0 ? flag.substring(equals + 1) : args.get(++i);
            switch (name) {
                case "address" -> address = value;
                case "method" -> method = value;
                case "header" -> headers.add(value);
                case "json" -> isJson = true;
                default -> arguments.add(arg);
            }
        }
        return Optional.of(new Line(address.contains("://") ? address : "http://" + address, isJson, method, headers, arguments));
    }

    private int explain(Line line) throws IOException {
        StringBuilder query = new StringBuilder("/api/explain?url=").append(encoded(line.arguments().getFirst()))
                .append("&method=").append(encoded(line.method()));
        line.headers().forEach(header -> query.append("&header=").append(encoded(header)));
        Reply reply = ask("GET", line, query.toString());
        if (reply.status() != 200 || line.isJson()) {
            return plain(reply);
        }
        Map<?, ?> answer = (Map<?, ?>) Json.parse(reply.body());
        if (answer.containsKey("error")) {
            err.println(answer.get("error"));
            return 1;
        }
        out.print(answer.containsKey("request") ? Explained.byRoutes(answer) : Explained.byRouters(answer));
        return 0;
    }

    private int status(Line line) throws IOException {
        Reply reply = ask("GET", line, "/api/status");
        if (reply.status() != 200 || line.isJson()) {
            return plain(reply);
        }
        Map<?, ?> answer = (Map<?, ?>) Json.parse(reply.body());
        Map<?, ?> registry = (Map<?, ?>) answer.get("registry");
        String failure = String.valueOf(registry.get("failure"));
        out.println("routes   " + Explained.number(answer.get("routes")));
        out.println("registry " + (failure.isEmpty() ? "reachable" : "not reachable: " + failure + "; table as of " + registry.get("tableAsOf")));
        Map<?, ?> waiting = (Map<?, ?>) answer.get("waiting");
        out.println("waiting  " + Explained.number(waiting.get("now")) + " now, " + Explained.number(waiting.get("served")) + " served, "
                + Explained.number(waiting.get("expired")) + " in vain");
        for (Object each : (List<?>) answer.get("absent")) {
            Map<?, ?> absent = (Map<?, ?>) each;
            out.println("absent   " + absent.get("src") + " " + absent.get("state") + ", " + absent.get("left") + " left");
        }
        for (Object each : (List<?>) answer.get("drained")) {
            Map<?, ?> drained = (Map<?, ?>) each;
            out.println("drained  " + drained.get("target") + ", " + Explained.number(drained.get("inFlight")) + " requests left");
        }
        for (Object each : (List<?>) answer.get("targets")) {
            Map<?, ?> target = (Map<?, ?>) each;
            out.println("target   " + target.get("src") + " " + target.get("service") + " " + target.get("dst") + " " + target.get("state") + ", "
                    + Explained.number(target.get("inFlight")) + " in progress, " + Explained.number(target.get("total")) + " in all, "
                    + Explained.number(target.get("failures")) + " failed");
        }
        out.print(Explained.problems("problem ", answer.get("problems")));
        return 0;
    }

    private int drain(Line line, boolean drains) throws IOException {
        Reply reply = ask(drains ? "PUT" : "DELETE", line, "/api/drain?target=" + encoded(line.arguments().getFirst()));
        if (reply.status() != 200 || line.isJson()) {
            return plain(reply);
        }
        Map<?, ?> answer = (Map<?, ?>) Json.parse(reply.body());
        out.println(answer.get("target") + (drains ? " is drained on " : " takes requests again on ") + Explained.number(answer.get("routes")) + " routes, "
                + Explained.number(answer.get("inFlight")) + " requests left");
        return 0;
    }

    private int plain(Reply reply) {
        (reply.status() == 200 ? out : err).print(new String(reply.body(), StandardCharsets.UTF_8));
        return reply.status() == 200 ? 0 : 1;
    }

    private record Reply(int status, byte[] body) {}

    private static Reply ask(String method, Line line, String path) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create(line.address() + path).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        try (InputStream in = connection.getResponseCode() < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Reply(connection.getResponseCode(), in == null ? new byte[0] : in.readAllBytes());
        } finally {
            connection.disconnect();
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
