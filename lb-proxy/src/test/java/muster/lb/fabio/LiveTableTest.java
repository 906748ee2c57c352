package muster.lb.fabio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import muster.lb.choose.Member;
import muster.lb.choose.Policy;
import muster.lb.choose.Strategy;
import muster.lb.choose.WaitingRoom;
import muster.lb.exchange.Histogram;
import muster.lb.route.PathMatcher;
import muster.lb.route.RouteBook;
import muster.lb.route.RouteCommand;
import muster.lb.source.RouteSource;
import org.junit.jupiter.api.Test;

class LiveTableTest {
    private static final Duration HOLD = Duration.ofSeconds(5);
    private static final Duration KEEP = Duration.ofMinutes(1);
    private final AtomicLong now = new AtomicLong();
    private final WaitingRoom room = new WaitingRoom(10);
    private final RouteBook book = new RouteBook(PathMatcher.PREFIX, true);
    private LiveTable table = table(HOLD, KEEP);
    private boolean isAnew;

    @Test
    void aRouteWhoseInstancesHaveLeftIsHeldForItsTimeAndHidesLessSpecificOnes() {
        services(Map.of("web", List.of(add("web", "/web", 1)), "rest", List.of(add("rest", "/", 2))));
        services(Map.of("web", List.of()));
        LiveRoute held = table.lookup("", "/web/x", false).orElseThrow();
        assertThat(held.route().source()).isEqualTo("/web");
        assertThat(held.absence().orElseThrow().isKept()).isFalse();
        assertThat(table.table().at("/web")).isEmpty();
        now.addAndGet(HOLD.toNanos());
        assertThat(table.lookup("", "/web/x", false).orElseThrow().route().source()).isEqualTo("/");
    }

    @Test
    void anOperatorsDeletionTakesEffectAtOnce() {
        services(Map.of("web", List.of(add("web", "/web", 1))));
        RouteBook.Update update = book.manual(List.of(new RouteCommand.Delete("web", "", "", List.of())));
        table.replace(new RouteSource.Routing(update.table(), List.of(), "", Set.of(), update.changed(), false));
        assertThat(table.lookup("", "/web", false)).isEmpty();
    }

    @Test
    void aNewInstanceEndsTheAbsenceAndLetsTheWaitingGo() {
        services(Map.of("web", List.of(add("web", "/web", 1))));
        services(Map.of("web", List.of()));
        var waiting = room.enter("/web", Duration.ofMinutes(1)).orElseThrow().toCompletableFuture();
        services(Map.of("web", List.of(add("web", "/web", 7))));
        assertThat(waiting.join()).isTrue();
        assertThat(table.lookup("", "/web", false).orElseThrow().absence()).isEmpty();
    }

    /** Plan: three services leave in one change with nothing left; their targets are used on; one that returns is as usual; time ends the rest. */
    @Test
    void whenSeveralServicesLeaveAtOnceTheLastTargetsAreKept() {
        table = table(Duration.ZERO, KEEP);
        Map<String, List<RouteCommand.Add>> all = new HashMap<>();
        Map<String, List<RouteCommand.Add>> none = new HashMap<>();
        for (String name : List.of("one", "two", "three")) {
            all.put(name, List.of(add(name, "/" + name, 1)));
            none.put(name, List.of());
        }
        services(all);
        services(none);
        assertThat(table.lookup("", "/one", false).orElseThrow().absence().orElseThrow().isKept()).isTrue();
        services(Map.of("one", List.of(add("one", "/one", 2))));
        assertThat(table.lookup("", "/one", false).orElseThrow().absence()).isEmpty();
        assertThat(table.lookup("", "/two", false).orElseThrow().absence().orElseThrow().isKept()).isTrue();
        now.addAndGet(KEEP.toNanos());
        assertThat(table.lookup("", "/two", false)).isEmpty();
    }

    /** Plan: as before, but the services' changes arrive one by one, and an operator's route is there all the time. */
    @Test
    void servicesThatLeaveShortlyAfterEachOtherCountTogether() {
        table = table(Duration.ZERO, KEEP);
        RouteBook.Update byHand = book.manual(List.of(add("fixed", "/fixed", 9)));
        table.replace(new RouteSource.Routing(byHand.table(), List.of(), "", Set.of(), byHand.changed(), false));
        for (String name : List.of("one", "two", "three")) {
            services(Map.of(name, List.of(add(name, "/" + name, 1))));
        }
        services(Map.of("one", List.of()));
        assertThat(table.lookup("", "/one", false)).isEmpty();
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        services(Map.of("two", List.of()));
        services(Map.of("three", List.of()));
        assertThat(List.of("/one", "/two", "/three")).allSatisfy(path ->
                assertThat(table.lookup("", path, false).orElseThrow().absence().orElseThrow().isKept()).isTrue());
        assertThat(table.lookup("", "/fixed", false).orElseThrow().absence()).isEmpty();
    }

    @Test
    void servicesThatComeAndGoOneAfterTheOtherAreGone() {
        table = table(Duration.ZERO, KEEP);
        for (String name : List.of("one", "two", "three", "four")) {
            services(Map.of(name, List.of(add(name, "/" + name, 1))));
            services(Map.of(name, List.of()));
            assertThat(table.lookup("", "/" + name, false)).isEmpty();
        }
    }

    @Test
    void servicesThatLeaveOneByOneAreGone() {
        table = table(Duration.ZERO, KEEP);
        for (String name : List.of("one", "two", "three")) {
            services(Map.of(name, List.of(add(name, "/" + name, 1))));
        }
        for (String name : List.of("one", "two", "three")) {
            services(Map.of(name, List.of()));
            now.addAndGet(Duration.ofSeconds(4).toNanos());
        }
        assertThat(table.lookup("", "/one", false)).isEmpty();
        assertThat(table.lookup("", "/three", false)).isEmpty();
    }

    @Test
    void whatARegistryThatBeganAnewLacksIsKept() {
        table = table(Duration.ZERO, KEEP);
        services(Map.of("one", List.of(add("one", "/one", 1)), "two", List.of(add("two", "/two", 1))));
        isAnew = true;
        services(Map.of("one", List.of()));
        assertThat(table.lookup("", "/one", false).orElseThrow().absence().orElseThrow().isKept()).isTrue();
        assertThat(table.lookup("", "/two", false).orElseThrow().absence()).isEmpty();
    }

    @Test
    void withoutAHoldARouteGoesAtOnce() {
        table = table(Duration.ZERO, Duration.ZERO);
        services(Map.of("web", List.of(add("web", "/web", 1))));
        services(Map.of("web", List.of()));
        assertThat(table.lookup("", "/web", false)).isEmpty();
        assertThat(table.all()).isEmpty();
    }

    @Test
    void whatIsKnownOfATargetOutlivesChangesOfItsRoute() {
        services(Map.of("web", List.of(add("web", "/web", 1))));
        Member before = table.lookup("", "/web", false).orElseThrow().pool().members().getFirst();
        before.begin();
        services(Map.of("web", List.of(add("web", "/web", 1), add("web", "/web", 2))));
        List<Member> after = table.lookup("", "/web", false).orElseThrow().pool().members();
        assertThat(after).hasSize(2).contains(before);
        assertThat(table.inFlight("127.0.0.1:1")).isEqualTo(1);
    }

    @Test
    void aDrainOutlivesChangesAndHoldsForAllRoutes() {
        services(Map.of("web", List.of(add("web", "/web", 1), add("web", "/other", 1))));
        assertThat(table.drain("127.0.0.1:1", true)).isEqualTo(2);
        services(Map.of("web", List.of(add("web", "/web", 1), add("web", "/web", 2))));
        List<Member> members = new ArrayList<>(table.lookup("", "/web", false).orElseThrow().pool().members());
        assertThat(members).extracting(Member::isDraining).containsExactlyInAnyOrder(true, false);
    }

    private LiveTable table(Duration hold, Duration keep) {
        return new LiveTable(book.table(), new FabioConfig.Choosing(Strategy.ROUND_ROBIN, Policy.DEFAULT, hold, 10, keep, 0.2, new Histogram()),
                room, now::get);
    }

    private void services(Map<String, List<RouteCommand.Add>> services) {
        RouteBook.Update update = book.services(services);
        table.replace(new RouteSource.Routing(update.table(), List.of(), "", update.changed(), Set.of(), isAnew));
    }

    private static RouteCommand.Add add(String service, String source, int port) {
        return new RouteCommand.Add(service, source, "http://127.0.0.1:" + port + "/", 0, List.of(), new TreeMap<>());
    }
}
