package muster.scheduler.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import muster.scheduler.Samples;
import muster.scheduler.state.Command;
import muster.wire.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Search by beginnings and by parts of names: what is found, how much of it, and who finds it. */
@Timeout(60)
class SearchApiTest {
    private final InProcess api = InProcess.open();

    @AfterEach
    void stop() {
        api.close();
    }

    private void jobs(String... ids) {
        for (String id : ids) {
            api.server.writer().write(new Command.RegisterJob(Samples.job(id, 1).withStop(true), null, false, 0, null));
        }
    }

    private static Object matches(InProcess.Answer answer, String context) {
        return ((Map<?, ?>) answer.object().get("Matches")).get(context);
    }

    private static Object truncated(InProcess.Answer answer, String context) {
        return ((Map<?, ?>) answer.object().get("Truncations")).get(context);
    }

    private InProcess.Answer search(String path, Map<String, ?> body) {
        return api.call("PUT " + path, Json.text(body));
    }

    @Test
    void twentyOfEachContextAreShown() {
        jobs(IntStream.range(0, 20).mapToObj(i -> "app-%02d".formatted(i)).toArray(String[]::new));
        InProcess.Answer twenty = search("/v1/search", Map.of("Prefix", "app", "Context", "jobs"));
        assertThat((List<?>) matches(twenty, "jobs")).hasSize(20);
        assertThat(truncated(twenty, "jobs")).isEqualTo(false);

        jobs("app-20");
        for (Map<String, String> body : List.of(Map.of("Prefix", "app", "Context", "jobs"), Map.of("Prefix", "app", "Context", "all"))) {
            InProcess.Answer more = search("/v1/search", body);
            assertThat((List<?>) matches(more, "jobs")).hasSize(20);
            assertThat(truncated(more, "jobs")).isEqualTo(true);
        }
        assertThat(truncated(search("/v1/search/fuzzy", Map.of("Text", "pp-", "Context", "jobs")), "jobs")).isEqualTo(true);
    }

    @Test
    void theEarlierTheShorterAndTheFirstInTheAlphabetComeFirst() {
        jobs("b-web", "web-long", "web", "a-web", "wea");

        assertThat(((List<?>) matches(search("/v1/search/fuzzy", Map.of("Text", "WE", "Context", "jobs")), "jobs")).stream()
                .map(row -> ((Map<?, ?>) row).get("ID")).toList()).isEqualTo(List.of("wea", "web", "web-long", "a-web", "b-web"));
    }

    @Test
    void commandsAreFoundByTheDriversThatHaveThem() {
        jobs("app");

        assertThat(matches(search("/v1/search/fuzzy", Map.of("Text", "sle", "Context", "jobs")), "commands"))
                .isEqualTo(List.of(Map.of("ID", "sleep", "Scope", List.of("default", "app", "web", "main"))));
    }

    @Test
    void anIdIsFoundByAnyPartOfItsBeginning() {
        var node = Samples.node(1, 1000, 1000);
        api.server.writer().write(new Command.RegisterNode(node, null, List.of()));
        for (int length = 1; length <= 36; length++) {
            String prefix = node.id().substring(0, length);
            assertThat(matches(search("/v1/search", Map.of("Prefix", prefix, "Context", "nodes")), "nodes")).as(prefix).isEqualTo(List.of(node.id()));
        }
        String other = node.id().charAt(2) == 'a' ? "b" : "a";
        assertThat(matches(search("/v1/search", Map.of("Prefix", node.id().substring(0, 2) + other, "Context", "nodes")), "nodes")).isNull();
        for (String none : List.of("xx", node.id() + "00", "a-b-c-d-e-f")) {
            assertThat(search("/v1/search", Map.of("Prefix", none, "Context", "nodes")).object()).containsEntry("Matches", Map.of());
        }
    }

    @Test
    void laterContextsAreSearchedWhereTheyAreNamed() {
        api.call("PUT /v1/node/pools", "{\"Name\":\"gpu\"}");
        api.call("PUT /v1/var/app/password", "{\"Items\":{\"k\":\"v\"}}");

        assertThat(matches(search("/v1/search", Map.of("Prefix", "g", "Context", "node_pools")), "node_pools")).isEqualTo(List.of("gpu"));
        assertThat(matches(search("/v1/search", Map.of("Prefix", "app", "Context", "vars")), "vars")).isEqualTo(List.of("app/password"));
        assertThat(matches(search("/v1/search/fuzzy", Map.of("Text", "word", "Context", "vars")), "vars"))
                .isEqualTo(List.of(Map.of("ID", "app/password", "Scope", List.of("default", "app/password"))));
        assertThat((Map<?, ?>) search("/v1/search", Map.of("Prefix", "app", "Context", "all")).object().get("Matches"))
                .isNotNull().satisfies(found -> assertThat(found.keySet().stream().map(String::valueOf)).doesNotContain("vars", "node_pools"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            node { policy = "read" }                                      | nodes          | 200
            node { policy = "read" }                                      | jobs           | 403
            namespace "default" { capabilities = ["read-job"] }           | jobs           | 200
            namespace "default" { capabilities = ["read-job"] }           | scaling_policy | 200
            namespace "default" { capabilities = ["list-jobs"] }          | volumes        | 200
            namespace "default" { capabilities = ["list-jobs"] }          | allocs         | 403
            namespace "default" { capabilities = ["read-job"] }           | nodes          | 403
            namespace "default" { capabilities = ["read-job"] }           | namespaces     | 200
            namespace "other" { policy = "write" }                        | namespaces     | 403
            plugin { policy = "list" }                                    | plugins        | 200
            """)
    void whoMayReadFinds(String rules, String context, int status) {
        try (InProcess guarded = InProcess.guarded()) {
            String token = guarded.token(guarded.bootstrap(), "p", rules);

            assertThat(guarded.call("PUT /v1/search", token, Json.text(Map.of("Prefix", "", "Context", context))).status()).isEqualTo(status);
        }
    }

    @Test
    void aVariableIsFoundByWhoMayListIt() {
        try (InProcess guarded = InProcess.guarded()) {
            String root = guarded.bootstrap();
            guarded.call("PUT /v1/var/a/one", root, "{\"Items\":{\"k\":\"v\"}}");
            guarded.call("PUT /v1/var/b/one", root, "{\"Items\":{\"k\":\"v\"}}");
            String token = guarded.token(root, "p", "namespace \"default\" { variables { path \"a/*\" { capabilities = [\"list\"] } } }");

            assertThat(matches(guarded.call("PUT /v1/search/fuzzy", token, "{\"Text\":\"one\",\"Context\":\"vars\"}"), "vars"))
                    .isEqualTo(List.of(Map.of("ID", "a/one", "Scope", List.of("default", "a/one"))));
        }
    }
}
