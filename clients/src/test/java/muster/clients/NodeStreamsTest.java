package muster.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import muster.testkit.RunningAgent;
import muster.testkit.RunningProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class NodeStreamsTest {
    private static final Duration START = Duration.ofSeconds(120);

    @TempDir
    private Path folder;

    @Test
    void grpcAndWebSocketsPassTheBalancer() throws Exception {
        // streams.js serves both on ports of its own, a balancer has a route to each, and streams.js asks through it; it prints a line for each
        // thing it did: calls, streams of all kinds, failures and time-outs, messages.
        Path modules = NodePackages.installed("npm-streams", "@grpc/grpc-js@1.14.7", "ws@8.23.0");
        Files.copy(Path.of("src/test/resources/streams.js"), modules.resolve("streams.js"), StandardCopyOption.REPLACE_EXISTING);
        try (RunningProgram servers = RunningProgram.start("servers", modules, Map.of(), List.of("node", "streams.js", "serve"))) {
            String[] ports = servers.awaitLine("its ports", START, text -> text.startsWith("ports ")).split(" ");
            String routes = "route add echo /echo.Echo/ grpc://127.0.0.1:%s/\nroute add ws /ws http://127.0.0.1:%s/".formatted(ports[1], ports[2]);
            try (RunningProgram balancer = RunningProgram.start("balancer", folder, Map.of(), List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp", RunningAgent.classPathOfModule(),
                    "muster.agent.Main", "fabio", "-insecure", "-registry.backend", "static", "-registry.static.routes", routes, "-proxy.addr",
                    "127.0.0.1:0", "-ui.addr", "127.0.0.1:0", "-registry.consul.register.enabled=false"))) {
                String port = balancer.awaitLine("where it listens", START, text -> text.startsWith("==> fabio listens on port "))
                        .replaceFirst("^==> fabio listens on port ([0-9]+).*$", "$1");
                try (RunningProgram clients = RunningProgram.start("clients", modules, Map.of(), List.of("node", "streams.js", "ask", port))) {
                    assertThat(clients.awaitExit(Duration.ofSeconds(120))).as(String.join("\n", clients.output())).isZero();
                    assertThat(clients.output()).containsExactly("calls", "streams", "failures", "sockets");
                }
            }
        }
    }
}
