package muster.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import muster.checks.CheckDefinition.Timing;
import muster.registry.client.HealthCheck.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a socket that answers as Docker's does. */
@Timeout(60)
class DockerRunnerTest {
    private static final Timing PATIENT = new Timing(Duration.ofSeconds(10), Duration.ofSeconds(20));

    private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
    private final Map<String, String> asked = new ConcurrentHashMap<>();
    private Path folder;
    private ServerSocketChannel server;

    @BeforeEach
    void listen() throws IOException {
        // Paths of sockets have to be short.
        folder = Files.createTempDirectory("d");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
        Thread.ofPlatform().daemon().start(() -> {
            while (server.isOpen()) {
                try (SocketChannel channel = server.accept()) {
                    answer(channel);
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        Files.deleteIfExists(folder.resolve("s"));
        Files.delete(folder);
    }

    private void answer(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8_192);
        channel.read(buffer);
        String request = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
        String line = request.substring(0, request.indexOf(" HTTP"));
        asked.put(line, request.substring(request.indexOf("\r\n\r\n") + 4));
        byte[] answer = answers.get(line);
        if (answer == null) {
            ByteBuffer rest = ByteBuffer.allocate(1);
            channel.read(rest);
            return;
        }
        channel.write(ByteBuffer.wrap(answer));
    }

    private static byte[] json(int status, String body) {
        return ("HTTP/1.1 " + status + " X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] stream(String... texts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        int number = 1;
        for (String text : texts) {
            byte[] content = text.getBytes(StandardCharsets.UTF_8);
            bytes.writeBytes(new byte[] {(byte) number, 0, 0, 0, 0, 0, (byte) (content.length >> 8), (byte) content.length});
            bytes.writeBytes(content);
            number = 3 - number;
        }
        return bytes.toByteArray();
    }

    private void program(int exit, String... output) {
        answers.put("POST /containers/c1/exec", json(201, "{\"Id\":\"e1\"}"));
        answers.put("POST /exec/e1/start", stream(output));
        answers.put("GET /exec/e1/json", json(200, "{\"ID\":\"e1\",\"Running\":false,\"ExitCode\":" + exit + "}"));
    }

    private Outcome run(String container, String shell, Timing timing, String... args) throws InterruptedException {
        return new DockerRunner(new CheckDefinition.Docker(container, shell, List.of(args), timing), 4_096,
                URI.create("unix://" + folder.resolve("s"))).run();
    }

    @Test
    void theExitCodeDecidesAndBothStreamsAreTheOutput() throws Exception {
        program(0, "out\n", "err\n", "out\n");
        assertThat(run("c1", "", PATIENT, "test", "-f", "/x")).isEqualTo(new Outcome(Status.PASSING, "out\nerr\nout\n"));
        assertThat(asked.get("POST /containers/c1/exec")).contains("\"Cmd\":[\"test\",\"-f\",\"/x\"]").contains("\"AttachStdout\":true");
        program(1, "x");
        assertThat(run("c1", "/bin/bash", PATIENT, "a", "&& b").status()).isEqualTo(Status.WARNING);
        assertThat(asked.get("POST /containers/c1/exec")).contains("\"Cmd\":[\"/bin/bash\",\"-c\",\"a \\u0026\\u0026 b\"]");
        program(2, "a".repeat(5_000));
        Outcome failed = run("c1", "", PATIENT, "false");
        assertThat(failed.status()).isEqualTo(Status.CRITICAL);
        assertThat(failed.output()).startsWith("Captured 4096 of 5000 bytes\n...\naaa");
    }

    @Test
    void whatGoesWrongIsCriticalAndSaysWhy() throws Exception {
        answers.put("POST /containers/gone/exec", json(404, "{\"message\":\"No such container: gone\"}"));
        assertThat(run("gone", "", PATIENT, "x"))
                .isEqualTo(Outcome.critical("docker: container \"gone\" is unknown: {\"message\":\"No such container: gone\"}"));
        answers.put("POST /containers/odd/exec", json(201, "["));
        assertThat(run("odd", "", PATIENT, "x").status()).isEqualTo(Status.CRITICAL);
        assertThat(run("silent", "", new Timing(Duration.ofSeconds(10), Duration.ofMillis(200)), "x").output())
                .isEqualTo("Timed out (200ms) running check");
        Outcome none = new DockerRunner(new CheckDefinition.Docker("c", "", List.of("x"), PATIENT), 100, URI.create("unix:///nowhere/s")).run();
        assertThat(none.output()).isEqualTo("docker: dial unix /nowhere/s: connect: no such file or directory");
        assertThat(DockerRunner.address(Map.of("DOCKER_HOST", "tcp://h:2375"))).isEqualTo(URI.create("tcp://h:2375"));
        assertThat(DockerRunner.address(Map.of())).isEqualTo(URI.create("unix:///var/run/docker.sock"));
    }
}
