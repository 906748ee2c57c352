package muster.template.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import muster.registry.client.Query;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class WatchPlanTest {
    private static Query.Key key(String key) {
        return new Query.Key(key, Query.Scope.LOCAL);
    }

    private static Query.HealthService service(int number) {
        return new Query.HealthService("web-" + number, List.of(), true, "", Query.Scope.LOCAL);
    }

    @Test
    void few_queries_have_a_blocking_query_each() {
        Set<Query<?>> queries = Set.of(key("a"), key("b"), service(1));
        assertThat(WatchPlan.of(queries, 16, Set.of())).isEqualTo(new WatchPlan(queries, List.of(), Set.of(), Set.of()));
    }

    @Test
    void many_keys_and_services_fit_into_sixteen_requests() {
        Set<Query<?>> queries = new HashSet<>();
        IntStream.range(0, 10_000).forEach(i -> queries.add(key("app/%04d/value".formatted(i))));
        IntStream.range(0, 100).forEach(i -> queries.add(service(i)));
        WatchPlan plan = WatchPlan.of(queries, 16, Set.of());
        assertThat(plan.connections()).isLessThanOrEqualTo(16);
        assertThat(plan.groups()).hasSize(10).allSatisfy(group -> assertThat(group.keys()).hasSize(1_000));
        assertThat(plan.services()).hasSize(100);
    }

    @Test
    void keys_below_a_dear_prefix_take_turns() {
        Set<Query<?>> queries = IntStream.range(0, 100).mapToObj(i -> key("wide/" + i + "/x")).collect(Collectors.toSet());
        WatchPlan first = WatchPlan.of(queries, 16, Set.of());
        Set<Query.Entries> dear = first.groups().stream().map(WatchPlan.Group::query).collect(Collectors.toSet());
        WatchPlan plan = WatchPlan.of(queries, 16, dear);
        assertThat(plan.groups()).isEmpty();
        assertThat(plan.turns()).hasSize(100 - plan.direct().size());
    }

    @Property(tries = 300)
    void each_query_is_followed_in_one_way_and_the_requests_are_within_the_limit(
            @ForAll @Size(max = 60) Set<@StringLength(max = 4) String> keys, @ForAll @IntRange(max = 40) int services,
            @ForAll @IntRange(max = 30) int nodes, @ForAll @IntRange(min = 8, max = 32) int connections) {
        Set<Query<?>> queries = new HashSet<>();
        keys.forEach(each -> queries.add(key(each)));
        IntStream.range(0, services).forEach(i -> queries.add(service(i)));
        IntStream.range(0, nodes).forEach(i -> queries.add(new Query.NodeServices("n" + i, Query.Scope.LOCAL)));
        WatchPlan plan = WatchPlan.of(queries, connections, Set.of());
        Set<Query<?>> followed = new HashSet<>(plan.direct());
        plan.groups().forEach(group -> followed.addAll(group.keys()));
        followed.addAll(plan.services());
        followed.addAll(plan.turns());
        assertThat(followed).isEqualTo(queries);
        assertThat(plan.connections()).isLessThanOrEqualTo(connections);
        plan.groups().forEach(group -> assertThat(group.keys()).allMatch(each -> each.key().startsWith(group.query().prefix())));
    }
}
