package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import muster.http.Call;
import muster.http.Dispatcher;
import muster.http.Reply;
import muster.scheduler.driver.Drivers;
import muster.scheduler.http.SchedulerDialect;
import muster.testkit.Eventually;
import muster.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What people say of a node while it runs: over the API, and to the agent that comes after. */
@Timeout(120)
class NodeMetadataTest {
    @TempDir
    Path data;

    private static Reply.Full call(Dispatcher api, String method, String body) {
        return (Reply.Full) api.handle(new Call(method, "/v1/client/metadata", Map.of(), Map.of(), Map.of(), body.getBytes(StandardCharsets.UTF_8),
                new InetSocketAddress(0), new CompletableFuture<>())).toCompletableFuture().join();
    }

    private static String text(Reply.Full reply) {
        return reply.status() + " " + new String(reply.body(), StandardCharsets.UTF_8);
    }

    /** Plan: read what is said, say more, which the servers hear, take it back; what can't be a name or says nothing is refused. */
    @Test
    void aNodeSaysWhatPeopleSayOfIt() throws Exception {
        try (OneNode node = new OneNode(data, Drivers.of(true), ClientSettings.Rules.USUAL)) {
            Dispatcher api = Dispatcher.of(node.routes(), new SchedulerDialect());
            assertThat(Json.parse(call(api, "GET", "").body())).isEqualTo(Map.of("Dynamic", Map.of(), "Meta", Map.of(), "Static", Map.of()));

            assertThat(Json.parse(call(api, "PUT", "{\"Meta\":{\"rack\":\"r1\",\"owner.team\":\"sre\"}}").body())).isEqualTo(Map.of(
                    "Dynamic", Map.of("rack", "r1", "owner.team", "sre"), "Meta", Map.of("rack", "r1", "owner.team", "sre"), "Static", Map.of()));
            Eventually.holds("the servers heard of it", () -> "r1".equals(node.meta().get("rack")));
            assertThat(call(api, "POST", "{\"Meta\":{\"rack\":null}}").status()).isEqualTo(200);
            Eventually.holds("the servers heard that it is over", () -> !node.meta().containsKey("rack") && node.meta().containsKey("owner.team"));

            assertThat(text(call(api, "PUT", ""))).isEqualTo("400 Request body is empty");
            assertThat(text(call(api, "PUT", "{}"))).isEqualTo("400 missing required Meta object");
            assertThat(text(call(api, "PUT", "{\"Meta\":{\"\":\"x\"}}"))).isEqualTo("400 metadata keys must not be empty");
            assertThat(text(call(api, "PUT", "{\"Meta\":{\"a b\":\"x\"}}"))).isEqualTo("400 metadata key \"a b\" is invalid");
        }
    }

    @Test
    void whatWasSaidOutlivesTheAgentWhereItsStateIsKept() throws Exception {
        NodeMetadata first = NodeMetadata.of(data, true, Map.of("rack", "r1", "zone", "a"));
        Map<String, String> wanted = new HashMap<>(Map.of("rack", "r2"));
        wanted.put("zone", null);
        first.change(wanted);

        assertThat(NodeMetadata.of(data, true, Map.of("rack", "r1", "zone", "a")).all()).isEqualTo(Map.of("rack", "r2"));
        assertThat(NodeMetadata.of(data, false, Map.of("rack", "r1")).all()).isEqualTo(Map.of("rack", "r1"));
        Files.writeString(data.resolve("client/metadata.json"), "what");
        assertThat(NodeMetadata.of(data, true, Map.of("rack", "r1")).all()).isEqualTo(Map.of("rack", "r1"));
        assertThat(data.resolve("client/metadata.json")).hasContent("what");
    }
}
