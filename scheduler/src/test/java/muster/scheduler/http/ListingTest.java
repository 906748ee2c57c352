package muster.scheduler.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import muster.http.Call;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lists in the order, the part and the choice that a query asks for. */
class ListingTest {
    record Row(String id, long created, String status) {}

    private static final List<Row> ROWS = List.of(new Row("a", 5, "complete"), new Row("b", 7, "blocked"), new Row("c", 7, "complete"),
            new Row("d", 9, "complete"));

    private static Call call(String query) {
        Map<String, List<String>> parts = new LinkedHashMap<>();
        for (String part : query.isEmpty() ? new String[0] : query.split("&")) {
            int equals = part.indexOf('=');
            parts.put(part.substring(0, equals), List.of(part.substring(equals + 1)));
        }
        return new Call("GET", "/v1/evaluations", Map.of(), parts, Map.of(), new byte[0], new InetSocketAddress(0), new CompletableFuture<>());
    }

    private static Listing.Page page(String query) {
        return Listing.byAge(call(query), ROWS, Row::created, Row::id, Listing.EVALUATION,
                row -> Map.of("ID", row.id(), "Status", row.status()));
    }

    private static String ids(Listing.Page page) {
        List<String> ids = new ArrayList<>();
        page.rows().forEach(row -> ids.add(String.valueOf(((Map<?, ?>) row).get("ID"))));
        return String.join("", ids);
    }

    record Case(String query, String ids, String next) {}

    static List<Case> cases() {
        return List.of(
                new Case("", "dbca", ""),
                new Case("reverse=true", "dbca", ""),
                new Case("reverse=false", "abcd", ""),
                new Case("per_page=2", "db", "7.c"),
                new Case("per_page=2&next_token=7.c", "ca", ""),
                new Case("per_page=2&reverse=false", "ab", "7.c"),
                new Case("per_page=1&next_token=8.gone", "b", "7.c"),
                new Case("filter=Status == \"complete\"", "dca", ""),
                new Case("filter=Status == \"complete\"&per_page=1", "d", "7.c"),
                new Case("per_page=0", "dbca", ""));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aQueryGetsItsPart(Case c) {
        // The value of a filter holds equals signs of its own: only the first parts name and value.
        Listing.Page page = page(c.query());

        assertThat(ids(page)).isEqualTo(c.ids());
        assertThat(page.nextToken()).isEqualTo(c.next());
    }

    @Test
    void pagesTogetherAreTheWholeList() {
        StringBuilder all = new StringBuilder();
        String token = "";
        do {
            Listing.Page page = page("per_page=1" + (token.isEmpty() ? "" : "&next_token=" + token));
            all.append(ids(page));
            token = page.nextToken();
        } while (!token.isEmpty() && all.length() < 10);

        assertThat(all.toString()).isEqualTo("dbca");
    }

    @Test
    void whatIsNoNumberAndNoExpressionIsSaid() {
        assertThatThrownBy(() -> page("per_page=x")).hasMessage("Invalid per_page: x is no number of rows");
        assertThatThrownBy(() -> page("per_page=-1")).hasMessage("Invalid per_page: -1 is no number of rows");
        assertThatThrownBy(() -> page("filter=Status ==")).hasMessageStartingWith("failed to create result paginator: failed to read filter expression: ");
        assertThatThrownBy(() -> page("filter=Colour == \"red\"")).hasMessageStartingWith("failed to create result paginator: failed to read filter expression: ");
    }
}
