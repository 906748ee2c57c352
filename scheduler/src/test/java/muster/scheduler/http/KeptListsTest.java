package muster.scheduler.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import muster.http.Call;
import muster.http.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A list is made once for all who ask for the same. */
class KeptListsTest {
    private final KeptLists lists = new KeptLists();

    private static Call call(String path, String query) {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        for (String one : query.isEmpty() ? new String[0] : query.split("&")) {
            String[] pair = one.split("=", 2);
            parameters.put(pair[0], List.of(pair[1]));
        }
        return new Call("GET", path, Map.of(), parameters, Map.of(), new byte[0], new InetSocketAddress(0), new CompletableFuture<>());
    }

    private Reply.Full asked(String path, String query) {
        return lists.of(call(path, query), () -> Reply.text(200, "made for " + path + "?" + query));
    }

    @ParameterizedTest(name = "{0}?{1} and {2}?{3}: the same list is {4}")
    @CsvSource({
        "/v1/allocations, '',          /v1/allocations, '',                     true",
        "/v1/allocations, '',          /v1/allocations, 'index=7&wait=5s',      true",
        "/v1/allocations, namespace=*, /v1/allocations, 'stale=&namespace=*',   true",
        "/v1/allocations, namespace=*, /v1/allocations, namespace=default,      false",
        "/v1/allocations, '',          /v1/allocations, pretty=,                false",
        "/v1/evaluations, '',          /v1/evaluations/count, '',               false",
    })
    void whoAsksForTheSameGetsTheSame(String path, String query, String otherPath, String otherQuery, boolean same) {
        Reply.Full first = asked(path, query);

        assertThat(asked(otherPath, otherQuery) == first).isEqualTo(same);
    }

    @Test
    void whatFailedIsTriedAgain() {
        Call call = call("/v1/allocations", "filter=x");
        assertThatThrownBy(() -> lists.of(call, () -> {
            throw new ApiException(400, "no such field");
        })).hasMessage("no such field");

        assertThat(lists.of(call, () -> Reply.text(200, "now")).body()).asString().isEqualTo("now");
    }

    @Test
    void noMoreThanSomeAreKept() {
        for (int i = 0; i < KeptLists.MOST; i++) {
            asked("/v1/allocations", "prefix=" + i);
        }
        Reply.Full beyond = asked("/v1/allocations", "prefix=beyond");

        assertThat(asked("/v1/allocations", "prefix=beyond")).isNotSameAs(beyond);
        assertThat(asked("/v1/allocations", "prefix=0")).isSameAs(asked("/v1/allocations", "prefix=0"));
    }
}
