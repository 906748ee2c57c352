package muster.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import muster.checks.CheckDefinition.Timing;
import muster.registry.client.HealthCheck.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runners against real sockets and programs of this machine. */
@Timeout(60)
class RunnersTest {
    private static final Timing PATIENT = new Timing(Duration.ofSeconds(10), Duration.ofSeconds(20));
    private static final Timing HASTY = new Timing(Duration.ofSeconds(10), Duration.ofMillis(200));

    private ServerSocket server;
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Answers one request after another with what is in {@code answers}; "silence" answers nothing. */
    private void serveHttp() {
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                    List<String> lines = new ArrayList<>();
                    int length = 0;
                    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                        lines.add(line);
                        length = line.startsWith("Content-Length: ") ? Integer.parseInt(line.substring(16)) : length;
                    }
                    char[] body = new char[length];
                    int read = in.read(body);
                    requests.add(String.join("\n", lines) + "\n\n" + new String(body, 0, Math.max(read, 0)));
                    String answer = answers.take();
                    if (answer.equals("silence")) {
                        assertThat(in.read()).isEqualTo(-1);
                    } else {
                        socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                    }
                } catch (IOException e) {
                    // The test closed the server, or the client went: the next accept tells.
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
    }

    private Outcome http(String path, Timing timing) throws InterruptedException {
        return http(new CheckDefinition.Http("http://" + address() + path, "", Map.of(), "", false, false, timing));
    }

    private static Outcome http(CheckDefinition.Http definition) throws InterruptedException {
        Outcome found = Runners.of(definition, 4096).orElseThrow().run();
        if (found.code() != 0) {
            assertThat(found.output()).as("the status is in the text too").contains(": " + found.code() + " ");
        }
        return new Outcome(found.status(), found.output());
    }

    @Test
    void a_success_passes_and_shows_the_status_line_and_the_body() throws Exception {
        serveHttp();
        answers.add("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        assertThat(http("/health?x=1", PATIENT))
                .isEqualTo(Outcome.passing("HTTP GET http://" + address() + "/health?x=1: 200 OK Output: hello"));
        assertThat(requests.take()).startsWith("GET /health?x=1 HTTP/1.1\nHost: " + address() + "\n")
                .contains("User-Agent: Consul Health Check", "Connection: close");
    }

    @Test
    void an_address_of_version_4_may_stand_in_brackets() throws Exception {
        serveHttp();
        answers.add("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        String url = "http://" + address().replaceFirst("^(.+):", "[$1]:") + "/";
        assertThat(http(new CheckDefinition.Http(url, "", Map.of(), "", false, false, PATIENT)))
                .isEqualTo(Outcome.passing("HTTP GET " + url + ": 200 OK Output: ok"));
    }

    @Test
    void too_many_requests_warns_and_anything_else_is_critical() throws Exception {
        serveHttp();
        answers.add("HTTP/1.1 429 Too Many Requests\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nslow\r\n1;x=y\r\n!\r\n0\r\n\r\n");
        answers.add("HTTP/1.1 503 Service Unavailable\r\n\r\nuntil the end");
        assertThat(http("/", PATIENT)).isEqualTo(
                new Outcome(Status.WARNING, "HTTP GET http://" + address() + "/: 429 Too Many Requests Output: slow!"));
        assertThat(http("/", PATIENT)).isEqualTo(
                Outcome.critical("HTTP GET http://" + address() + "/: 503 Service Unavailable Output: until the end"));
    }

    @Test
    void method_headers_and_body_are_sent() throws Exception {
        serveHttp();
        answers.add("HTTP/1.1 204 No Content\r\n\r\n");
        Outcome outcome = http(new CheckDefinition.Http("http://" + address() + "/", "PUT",
                Map.of("X-A", List.of("1", "2"), "Host", List.of("other")), "b", false, false, PATIENT));
        assertThat(outcome).isEqualTo(Outcome.passing("HTTP PUT http://" + address() + "/: 204 No Content Output: "));
        assertThat(requests.take()).contains("X-A: 1\nX-A: 2", "Host: other").endsWith("\n\nb").doesNotContain("Host: 127");
    }

    @Test
    void a_redirect_is_followed_unless_forbidden() throws Exception {
        serveHttp();
        answers.add("HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
        answers.add("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        assertThat(http("/here", PATIENT).status()).isEqualTo(Status.PASSING);
        assertThat(requests.take()).startsWith("GET /here ");
        assertThat(requests.take()).startsWith("GET /there ");

        answers.add("HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
        assertThat(http(new CheckDefinition.Http("http://" + address() + "/", "", Map.of(), "", false, true, PATIENT)).status())
                .isEqualTo(Status.CRITICAL);
    }

    @Test
    void endless_redirects_end() throws Exception {
        serveHttp();
        for (int i = 0; i < 11; i++) {
            answers.add("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n");
        }
        assertThat(http("/", PATIENT).output()).endsWith("stopped after 10 redirects");
    }

    @Test
    void of_a_long_body_the_end_is_kept() throws Exception {
        serveHttp();
        answers.add("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(10_000) + "end");
        assertThat(http("/", PATIENT).output()).endsWith("xxend").hasSizeLessThan(4200);
    }

    @Test
    void a_server_that_says_nothing_is_critical_after_the_timeout() throws Exception {
        serveHttp();
        answers.add("silence");
        assertThat(http("/", HASTY)).isEqualTo(Outcome.critical("Get \"http://" + address()
                + "/\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"));
    }

    @Test
    void what_is_no_http_is_critical() throws Exception {
        serveHttp();
        answers.add("SSH-2.0-x\r\n");
        assertThat(http("/", PATIENT)).isEqualTo(
                Outcome.critical("Get \"http://" + address() + "/\": malformed HTTP response \"SSH-2.0-x\""));
    }

    @Test
    void a_closed_port_is_critical() throws Exception {
        String address = address();
        server.close();
        Outcome http = http(new CheckDefinition.Http("http://" + address + "/x", "", Map.of(), "", false, false, PATIENT));
        assertThat(http).isEqualTo(
                Outcome.critical("Get \"http://" + address + "/x\": dial tcp " + address + ": connect: connection refused"));
        assertThat(Runners.of(new CheckDefinition.Tcp(address, PATIENT), 4096).orElseThrow().run())
                .isEqualTo(Outcome.critical("dial tcp " + address + ": connect: connection refused"));
        assertThat(Runners.of(new CheckDefinition.Grpc(address + "/svc", false, false, PATIENT), 4096).orElseThrow().run())
                .isEqualTo(Outcome.critical(
                        "gRPC check " + address + "/svc: dial tcp " + address + ": connect: connection refused"));
    }

    @Test
    void an_open_port_passes() throws Exception {
        assertThat(Runners.of(new CheckDefinition.Tcp(address(), PATIENT), 4096).orElseThrow().run())
                .isEqualTo(Outcome.passing("TCP connect " + address() + ": Success"));
    }

    @Test
    void an_address_without_a_port_is_told() throws Exception {
        assertThat(Runners.of(new CheckDefinition.Tcp("127.0.0.1", PATIENT), 4096).orElseThrow().run())
                .isEqualTo(Outcome.critical("dial tcp: address 127.0.0.1: missing port in address"));
    }

    /** Plan: a server of four frames reads the call's preface and answers with settings, headers, a message and trailers. */
    @Test
    void a_grpc_service_that_serves_passes_and_another_does_not() throws Exception {
        assertThat(grpc(1)).isEqualTo(Outcome.passing("gRPC check " + address() + "/svc: success"));
        assertThat(grpc(2).status()).isEqualTo(Status.CRITICAL);
    }

    private Outcome grpc(int servingStatus) throws InterruptedException {
        Thread.ofVirtual().start(() -> {
            try (Socket socket = server.accept()) {
                new DataInputStream(socket.getInputStream()).readFully(new byte[24 + 9]);
                byte[] answer = {0, 0, 0, 4, 0, 0, 0, 0, 0,
                    0, 0, 1, 1, 4, 0, 0, 0, 1, (byte) 0x88,
                    0, 0, 7, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 8, (byte) servingStatus,
                    0, 0, 0, 1, 5, 0, 0, 0, 1};
                socket.getOutputStream().write(answer);
                socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            } catch (IOException e) {
                requests.add("failed: " + e);
            }
        });
        return Runners.of(new CheckDefinition.Grpc(address() + "/svc", false, false, PATIENT), 4096).orElseThrow().run();
    }

    /** Plan: a server with a certificate of its own making; trusted only by a check that does not verify. */
    @Test
    void a_certificate_is_verified_unless_the_check_says_otherwise(@TempDir Path dir) throws Exception {
        Path store = dir.resolve("store.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair",
                "-keyalg", "EC", "-dname", "CN=localhost", "-alias", "a", "-storetype", "PKCS12", "-storepass", "secret",
                "-keystore", store.toString()).inheritIO().start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "secret".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server.close();
        server = context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        serveHttp();
        answers.add("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

        String url = "https://localhost:" + server.getLocalPort() + "/";
        assertThat(http(new CheckDefinition.Http(url, "", Map.of(), "", false, false, PATIENT)))
                .isEqualTo(Outcome.critical("Get \"" + url + "\": x509: certificate signed by unknown authority"));
        assertThat(http(new CheckDefinition.Http(url, "", Map.of(), "", true, false, PATIENT)))
                .isEqualTo(Outcome.passing("HTTP GET " + url + ": 200 OK Output: ok"));
    }

    private static Outcome script(Timing timing, int limit, String... args) throws InterruptedException {
        return Runners.of(new CheckDefinition.Script(List.of(args), timing), limit).orElseThrow().run();
    }

    @Test
    void a_script_is_judged_by_its_exit_and_both_streams_are_its_output() throws Exception {
        assertThat(script(PATIENT, 4096, "sh", "-c", "echo out; echo err >&2")).isEqualTo(Outcome.passing("out\nerr\n"));
        assertThat(script(PATIENT, 4096, "sh", "-c", "echo hm; exit 1")).isEqualTo(new Outcome(Status.WARNING, "hm\n"));
        assertThat(script(PATIENT, 4096, "sh", "-c", "echo bad; exit 2")).isEqualTo(Outcome.critical("bad\n"));
        assertThat(script(PATIENT, 10, "sh", "-c", "echo 0123456789012345678901234567890123456789").output())
                .isEqualTo("Captured 10 of 41 bytes\n...\n123456789\n");
    }

    @Test
    void a_script_that_is_not_there_is_critical() throws Exception {
        assertThat(script(PATIENT, 4096, "/nonexistent-program"))
                .isEqualTo(Outcome.critical("fork/exec /nonexistent-program: no such file or directory"));
    }

    @Test
    void a_script_that_takes_too_long_is_killed_with_its_children() throws Exception {
        Outcome outcome = script(HASTY, 4096, "sh", "-c", "echo begun; sleep 1000; true");
        assertThat(outcome).isEqualTo(Outcome.critical("Timed out (200ms) running check\n\nbegun\n"));
    }

    /** Plan: a check looks at a server that says nothing; it is closed during that; its thread ends and tells nothing. */
    @Test
    void a_check_that_is_closed_stops_at_once_and_its_outcome_is_dropped() throws Exception {
        serveHttp();
        answers.add("silence");
        BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
        CheckDefinition.Http definition =
                new CheckDefinition.Http("http://" + address() + "/", "", Map.of(), "", false, false, PATIENT);
        RunningCheck check = new RunningCheck("c", Runners.of(definition, 4096).orElseThrow(),
                new Pace(Duration.ofSeconds(10), true), Duration.ZERO, Thread::sleep, outcomes::add).start();
        assertThat(requests.poll(20, TimeUnit.SECONDS)).isNotNull();
        check.close();
        assertThat(check.join(Duration.ofSeconds(20))).isTrue();
        assertThat(outcomes).isEmpty();
    }

    /** Plan: record the pauses instead of waiting; fail four times, then pass; the pauses grow and then are the interval. */
    @Test
    void a_new_check_is_retried_quickly_until_it_passes() throws Exception {
        BlockingQueue<Duration> pauses = new LinkedBlockingQueue<>();
        int[] runs = {0};
        Runner runner = () -> ++runs[0] < 5 ? Outcome.critical("") : Outcome.passing("");
        RunningCheck check = new RunningCheck("c", runner, new Pace(Duration.ofSeconds(10), true), Duration.ZERO, pause -> {
            pauses.add(pause);
            if (pauses.size() > 6) {
                throw new InterruptedException();
            }
        }, outcome -> outcome.status() == Status.PASSING).start();
        assertThat(check.join(Duration.ofSeconds(20))).isTrue();
        assertThat(pauses.stream().map(Duration::toMillis)).containsExactly(0L, 20L, 40L, 80L, 160L, 10_000L, 10_000L);
    }
}
