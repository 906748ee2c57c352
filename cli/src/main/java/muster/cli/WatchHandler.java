package muster.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import muster.wire.Json;

/** Tells what a watch saw to its handler: a program that reads it from its standard input, or an address. */
public final class WatchHandler {
    private WatchHandler() {}

    /**
     * Tells it, and waits for the handler to end.
     *
     * @param inherit whether a program writes to this process's streams; else what it writes is thrown away
     * @return what went wrong, for a person to read; empty when nothing did
     */
    public static Optional<String> tell(WatchPlan.Handler handler, String index, Object data, boolean inherit) throws InterruptedException {
        byte[] json = Json.write(data);
        return switch (handler) {
            case WatchPlan.Handler.None none -> Optional.empty();
            case WatchPlan.Handler.Shell(String line) -> run(List.of("/bin/sh", "-c", line), index, json, inherit);
            case WatchPlan.Handler.Program(List<String> args) -> run(args, index, json, inherit);
            case WatchPlan.Handler.Http http -> post(http, index, json);
        };
    }

    private static Optional<String> run(List<String> args, String index, byte[] json, boolean inherit) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(args);
        builder.environment().put("CONSUL_INDEX", index);
        builder.redirectOutput(inherit ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.DISCARD);
        builder.redirectError(inherit ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.DISCARD);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return Optional.of("Failed to start watch handler: " + e.getMessage());
        }
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(json);
                in.write('\n');
            } catch (IOException e) {
                // A handler need not read what it is told; how it ends says whether it minds.
            }
            int exit = process.waitFor();
            return exit == 0 ? Optional.empty() : Optional.of("Error executing handler: exit status " + exit);
        } finally {
            if (process.isAlive()) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                process.waitFor(1, TimeUnit.SECONDS);
            }
        }
    }

    private static Optional<String> post(WatchPlan.Handler.Http http, String index, byte[] json) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("X-Consul-Index", index);
        http.header().forEach((name, values) -> headers.put(name, String.join(", ", values)));
        URI uri = URI.create(http.url());
        try {
            String target = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
            Api.Trust trust = new Api.Trust("", "", "", "", !http.tlsSkipVerify());
            Api api = new Api(new Api.Address(uri.getScheme() + "://" + uri.getRawAuthority(), headers, trust, http.timeout()));
            Api.Answer answer = api.call(http.method(), uri.getRawQuery() == null ? target : target + "?" + uri.getRawQuery(), json);
            return answer.status() / 100 == 2 ? Optional.empty() : Optional.of("Error invoking HTTP handler: status " + answer.status());
        } catch (ApiException e) {
            return Optional.of("Error invoking HTTP handler: " + e.getMessage());
        }
    }
}
