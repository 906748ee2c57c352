package muster.agent;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.testkit.Eventually;
import muster.testkit.FreePorts;
import muster.testkit.RunningProgram;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The same over the original, where one is installed. */
class TemplatesOverConsulTest extends TemplatesOverHttp {
    private static RunningProgram consul;
    private static URI address;

    @BeforeAll
    static void begin(@TempDir Path folder) {
        Optional<Path> program = Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).map(place -> Path.of(place, "consul"))
                .filter(Files::isExecutable).filter(found -> !isOurs(found)).findFirst();
        assumeTrue(program.isPresent(), "no consul but our own is on the PATH: install one to try the templates with it");
        List<Integer> ports = FreePorts.some(4);
        consul = RunningProgram.start("consul", folder, Map.of(), List.of(program.orElseThrow().toString(), "agent", "-dev", "-bind", "127.0.0.1",
                "-client", "127.0.0.1", "-http-port", ports.get(0).toString(), "-dns-port", "-1", "-grpc-port", "-1", "-server-port",
                ports.get(1).toString(), "-serf-lan-port", ports.get(2).toString(), "-serf-wan-port", ports.get(3).toString(), "-log-level", "warn"));
        address = URI.create("http://127.0.0.1:" + ports.getFirst());
        HttpClient http = HttpClient.newHttpClient();
        Eventually.holds("consul has a leader", Duration.ofSeconds(60), () -> leads(http));
    }

    private static boolean leads(HttpClient http) throws InterruptedException {
        try {
            return http.send(HttpRequest.newBuilder(address.resolve("/v1/status/leader")).build(), HttpResponse.BodyHandlers.ofString())
                    .body().contains(":");
        } catch (IOException e) {
            return false;
        }
    }

    /** Ours answers to that name by a link to its launcher. */
    private static boolean isOurs(Path program) {
        try {
            return program.toRealPath().endsWith("muster");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void end() {
        if (consul != null) {
            consul.close();
        }
    }

    @Override
    URI address() {
        return address;
    }

    @Override
    String token() {
        return "";
    }
}
