package muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTreeTest {
    private static final Handler ANY = call -> CompletableFuture.completedFuture(Reply.empty(200));
    private final RouteTree tree = RouteTree.of(new Routes()
            .get("/v1/kv/*key", ANY)
            .put("/v1/kv/*key", ANY)
            .get("/v1/job/:id", ANY)
            .get("/v1/job/:id/plan", ANY)
            .get("/v1/jobs/parse", ANY)
            .get("/ui/*rest", ANY)
            .all());

    @ParameterizedTest
    @CsvSource({
        "/v1/kv/a/b, /v1/kv/*key, key, a/b",
        "/v1/kv/, /v1/kv/*key, key, ''",
        "/v1/kv/a/, /v1/kv/*key, key, a/",
        "/v1/job/x, /v1/job/:id, id, x",
        "/v1/job/x/plan, /v1/job/:id/plan, id, x",
        "/ui/, /ui/*rest, rest, ''"
    })
    void aPathFindsItsRouteAndParameters(String path, String pattern, String name, String value) {
        assertThat(tree.find("GET", path)).isInstanceOfSatisfying(RouteTree.Found.Match.class, match -> {
            assertThat(match.route().pattern()).isEqualTo(pattern);
            assertThat(match.parameters()).isEqualTo(Map.of(name, value));
        });
    }

    @ParameterizedTest
    @CsvSource({"/v1", "/v1/job/", "/v1/jobs/parse/", "/v1/job/x/other", "/"})
    void otherPathsFindNothing(String path) {
        assertThat(tree.find("GET", path)).isInstanceOf(RouteTree.Found.Nothing.class);
    }

    @Test
    void aFolderWithoutItsSlashIsSaidToBeOne() {
        assertThat(tree.find("GET", "/v1/kv")).isInstanceOf(RouteTree.Found.Folder.class);
    }

    @Test
    void aKnownPathWithAnotherMethodNamesTheAllowedOnes() {
        assertThat(tree.find("POST", "/v1/kv/a")).isInstanceOfSatisfying(RouteTree.Found.OtherMethods.class,
                other -> assertThat(other.allowed()).containsExactly("GET", "PUT"));
    }

    @ParameterizedTest
    @CsvSource({"/a//b,/a/b", "/a/./b/../c,/a/c", "/../a,/a", "//,/", "/a/,/a/", "/a/b/..,/a", "/v1/kv/.x,/v1/kv/.x"})
    void pathsAreCleanedAsGosRouterDoes(String path, String clean) {
        assertThat(Paths.clean(path)).isEqualTo(clean);
    }
}
