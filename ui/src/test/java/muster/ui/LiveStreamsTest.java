package muster.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import muster.http.Call;
import muster.http.Dialect;
import muster.http.Dispatcher;
import muster.http.Reply;
import muster.http.Routes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A stream over one read whose answers the test gives: each question of the stream is taken from a queue, looked at, and answered.
 */
class LiveStreamsTest {
    private record Asked(Call call, CompletableFuture<Reply> answer) {}

    private final BlockingQueue<Asked> questions = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private volatile boolean closed;
    private Thread stream;

    private final Dispatcher api = Dispatcher.of(new Routes().get("/v1/list", this::ask), new Dialect() {
        @Override
        public Reply notFound(Call call) {
            return Reply.text(404, "nothing here");
        }

        @Override
        public Reply methodNotAllowed(Call call, Set<String> allowed) {
            return Reply.text(405, "no");
        }

        @Override
        public Reply tooLarge(Call call, long limit, long size) {
            return Reply.text(413, "no");
        }

        @Override
        public Reply failed(Call call, Throwable failure) {
            return Reply.text(500, failure.getMessage());
        }
    });

    private CompletionStage<Reply> ask(Call call) {
        Asked asked = new Asked(call, new CompletableFuture<>());
        questions.add(asked);
        return asked.answer();
    }

    private void open(long index) {
        Call template = new Call("GET", "/v1/list", Map.of(), Map.of("filter", List.of("a")), Map.of(), new byte[0],
                new InetSocketAddress("127.0.0.1", 1), new CompletableFuture<>());
        Reply.Streaming reply = (Reply.Streaming) new LiveStreams().open(List.of(new Watch(0, api, template, index)));
        assertThat(reply.headers()).containsEntry("Content-Type", "text/event-stream");
        Reply.Sink sink = new Reply.Sink() {
            @Override
            public void write(byte[] bytes) throws IOException {
                if (closed) {
                    throw new IOException("gone");
                }
                events.add(new String(bytes, StandardCharsets.UTF_8));
            }

            @Override
            public boolean isClosed() {
                return closed;
            }
        };
        stream = Thread.ofVirtual().start(() -> {
            try {
                reply.source().write(sink);
            } catch (IOException e) {
                events.add("ended: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @AfterEach
    void end() throws InterruptedException {
        closed = true;
        if (stream != null) {
            stream.interrupt();
            stream.join(10_000);
        }
    }

    private Call answer(int status, String index, String body) throws InterruptedException {
        Asked asked = questions.poll(20, TimeUnit.SECONDS);
        assertThat(asked).as("the stream asks").isNotNull();
        Reply.Full reply = Reply.of(status, "application/json", body.getBytes(StandardCharsets.UTF_8));
        asked.answer().complete(index.isEmpty() ? reply : reply.with("X-Consul-Index", index));
        return asked.call();
    }

    private String event() throws InterruptedException {
        for (;;) {
            String event = events.poll(20, TimeUnit.SECONDS);
            assertThat(event).as("the stream tells").isNotNull();
            if (!event.startsWith("event: beat")) {
                return event;
            }
        }
    }

    @Test
    void theFirstAnswerComesWholeAndTheNextAsWhatChanged() throws Exception {
        open(0);
        Call first = answer(200, "7", "[\"an element that stays as it is\",1]");
        assertThat(first.query()).doesNotContainKey("index").containsEntry("filter", List.of("a"));
        assertThat(event()).isEqualTo("event: whole\ndata: {\"w\":0,\"index\":7,\"data\":[\"an element that stays as it is\",1]}\n\n");
        Call second = answer(200, "8", "[\"an element that stays as it is\",2]");
        assertThat(second.query("index")).isEqualTo("7");
        assertThat(event()).isEqualTo("event: delta\ndata: {\"w\":0,\"index\":8,\"ops\":[[0,1],{\"v\":2}]}\n\n");
    }

    @Test
    void whoHoldsAnAnswerIsToldOfTheNextOneOnly() throws Exception {
        open(7);
        assertThat(answer(200, "7", "[1]").query("index")).isEqualTo("7");
        answer(200, "9", "[2]");
        assertThat(event()).contains("\"index\":9,\"data\":[2]");
    }

    @Test
    void anAnswerWithoutAnIndexIsReadAgainAndToldWhenItDiffers() throws Exception {
        open(0);
        answer(200, "", "{\"a\":1}");
        assertThat(event()).contains("\"data\":{\"a\":1}");
        answer(200, "", "{\"a\":1}");
        answer(200, "", "{\"a\":2}");
        assertThat(event()).contains("\"data\":{\"a\":2}");
    }

    @Test
    void aRefusalIsToldInTheApisWordsAndTheReadTriedAgainFromTheStart() throws Exception {
        open(0);
        answer(403, "", "Permission denied");
        assertThat(event()).isEqualTo("event: refused\ndata: {\"w\":0,\"status\":403,\"text\":\"Permission denied\"}\n\n");
        assertThat(answer(200, "3", "[]").query()).doesNotContainKey("index");
        assertThat(event()).contains("\"index\":3");
    }

    @Test
    void aKeyThatIsNotThereIsAValueToWaitWith() throws Exception {
        open(0);
        answer(404, "5", "");
        assertThat(event()).contains("\"index\":5,\"data\":null");
        assertThat(answer(200, "6", "[1]").query("index")).isEqualTo("5");
    }

    @Test
    void aJobThatIsNoLongerThereIsARefusalThoughItsAnswerHasAnIndex() throws Exception {
        open(0);
        answer(404, "5", "job not found");
        assertThat(event()).isEqualTo("event: refused\ndata: {\"w\":0,\"status\":404,\"text\":\"job not found\"}\n\n");
    }

    @Test
    void linesInsideOfAnAnswerDoNotEndTheEvent() throws Exception {
        open(0);
        answer(200, "2", "[\n  1,\n  2\n]\n");
        assertThat(event()).doesNotContain("\n  ").endsWith("}\n\n");
    }

    @Test
    void theEndOfTheStreamEndsTheReadThatWaits() throws Exception {
        open(0);
        answer(200, "2", "[1]");
        event();
        Asked waiting = questions.poll(20, TimeUnit.SECONDS);
        stream.interrupt();
        assertThat(stream.join(java.time.Duration.ofSeconds(20))).isTrue();
        waiting.call().gone().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
