package muster.scheduler.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import muster.http.Reply;
import muster.scheduler.Samples;
import muster.scheduler.state.Command;
import muster.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a stream of events tells, from where on, and when it ends. */
@Timeout(120)
class EventStreamTest {
    private static final String END = "end";

    /** A reader: its lines as they come, and one more when the stream has ended. */
    private static final class Reader implements Reply.Sink, AutoCloseable {
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final Thread thread;
        private volatile boolean closed;

        Reader(Reply reply) {
            Reply.Source source = ((Reply.Streaming) reply).source();
            thread = Thread.ofVirtual().start(() -> {
                try {
                    source.write(this);
                } catch (java.io.IOException | InterruptedException e) {
                    lines.add(e.toString());
                }
                lines.add(END);
            });
        }

        @Override
        public void write(byte[] bytes) {
            lines.add(new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        public boolean isClosed() {
            return closed;
        }

        /** The next line that is no sign of life. */
        String next() throws InterruptedException {
            while (true) {
                String line = lines.poll(60, TimeUnit.SECONDS);
                if (!"{}\n".equals(line)) {
                    return line;
                }
            }
        }

        /** What the next line tells: topics and keys. */
        String told() throws InterruptedException {
            String line = next();
            List<String> events = new ArrayList<>();
            for (Object event : (List<?>) ((Map<?, ?>) Json.parse(line)).get("Events")) {
                events.add(((Map<?, ?>) event).get("Topic") + ":" + ((Map<?, ?>) event).get("Key"));
            }
            return events.stream().sorted().collect(Collectors.joining(" "));
        }

        @Override
        public void close() throws InterruptedException {
            closed = true;
            thread.interrupt();
            thread.join();
        }
    }

    private static void job(InProcess api, String id) {
        api.server.writer().write(new Command.RegisterJob(Samples.job(id, 1).withStop(true), null, false, 0, null));
    }

    private static void node(InProcess api, int number) {
        api.server.writer().write(new Command.RegisterNode(Samples.node(number, 100, 100), null, List.of()));
    }

    @Test
    void aSignOfLifeComesFirst() throws Exception {
        try (InProcess api = InProcess.open(); Reader reader = new Reader(api.ask("GET /v1/event/stream", "", ""))) {
            assertThat(reader.lines.poll(60, TimeUnit.SECONDS)).isEqualTo("{}\n");
        }
    }

    /** Plan: jobs a, b and a node; a stream from the first job's index tells of what its query asks for, the rest is left out. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            topic=Job                   | Job:a Job:b
            topic=Job:b                 | Job:b
            topic=*:a                   | Job:a
            topic=Node                  | Node
            topic=Node:*                | Node
            topic=Job&namespace=default | Job:a Job:b
            topic=Job&namespace=*       | Job:a Job:b
            """)
    void aStreamTellsWhatItIsAskedFor(String query, String wanted) throws Exception {
        try (InProcess api = InProcess.open()) {
            job(api, "a");
            long index = api.server.state().index();
            job(api, "b");
            node(api, 1);
            try (Reader reader = new Reader(api.ask("GET /v1/event/stream?index=" + index + "&" + query, "", ""))) {
                List<String> told = new ArrayList<>();
                for (int i = 0; i < wanted.split(" ").length; i++) {
                    told.add(reader.told().replaceFirst("Node:.*", "Node"));
                }
                assertThat(String.join(" ", told)).isEqualTo(wanted);
            }
        }
    }

    @Test
    void withoutAnIndexOnlyWhatComesIsTold() throws Exception {
        try (InProcess api = InProcess.open()) {
            job(api, "before");
            try (Reader reader = new Reader(api.ask("GET /v1/event/stream?topic=Job", "", ""))) {
                assertThat(reader.lines.poll(60, TimeUnit.SECONDS)).isEqualTo("{}\n");
                job(api, "after");
                assertThat(reader.told()).isEqualTo("Job:after");
            }
        }
    }

    /** Plan: a client reads jobs; what takes its right away ends its stream before another job is told, another's stream goes on. */
    @ParameterizedTest
    @CsvSource({"policy", "token", "expiry"})
    void aStreamEndsWithTheRightToIt(String how) throws Exception {
        try (InProcess api = InProcess.guarded()) {
            String root = api.bootstrap();
            api.token(root, "p", "namespace \"default\" { capabilities = [\"read-job\"] }");
            Map<String, Object> token = api.call("PUT /v1/acl/token", root,
                    "{\"Type\":\"client\",\"Policies\":[\"p\"],\"ExpirationTTL\":\"10m\"}").object();
            try (Reader other = new Reader(api.ask("GET /v1/event/stream?topic=Job", root, ""));
                    Reader reader = new Reader(api.ask("GET /v1/event/stream?topic=Job", (String) token.get("SecretID"), ""))) {
                other.lines.take();
                reader.lines.take();
                job(api, "a");
                assertThat(reader.told()).isEqualTo("Job:a");
                switch (how) {
                    case "policy" -> api.call("PUT /v1/acl/policy/p", root, "{\"Name\":\"p\",\"Rules\":\"node { policy = \\\"read\\\" }\"}");
                    case "token" -> api.call("DELETE /v1/acl/token/" + token.get("AccessorID"), root, "");
                    default -> api.clock.advance(Duration.ofMinutes(11));
                }
                job(api, "b");

                assertThat(reader.next()).isEqualTo(END);
                assertThat(List.of(other.told(), other.told())).isEqualTo(List.of("Job:a", "Job:b"));
            }
        }
    }

    @Test
    void whatIsNoTopicOrNoIndexIsRefused() {
        try (InProcess api = InProcess.open()) {
            assertThat(api.call("GET /v1/event/stream?topic=a:b:c", "").refusal())
                    .isEqualTo("400 Invalid topic query: error parsing topics: Invalid key value pair for topic, topic: a:b:c");
            assertThat(api.call("GET /v1/event/stream?index=x", "").refusal())
                    .isEqualTo("400 Unable to parse index: strconv.Atoi: parsing \"x\": invalid syntax");
        }
    }
}
