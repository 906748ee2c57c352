package muster.template.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import muster.registry.client.KeyValue;
import muster.registry.client.Query;
import org.junit.jupiter.api.Test;

class GroupNewsTest {
    private final Query.Key a = new Query.Key("app/a", Query.Scope.LOCAL);
    private final Query.Key b = new Query.Key("app/b", Query.Scope.LOCAL);
    private final GroupNews news = new GroupNews(new WatchPlan.Group(new Query.Entries("app/", Query.Scope.LOCAL), Set.of(a, b)));

    private static KeyValue entry(String key, int index) {
        return new KeyValue(key, new byte[] {(byte) index}, 0, "", 0, 1, index);
    }

    /** Plan: one key is there, one is not; another that nobody wants changes; the absent one comes, the first goes. */
    @Test
    void tells_what_changed_and_names_what_is_not_there_once() {
        KeyValue first = entry("app/a", 1);
        GroupNews.News start = news.take(List.of(first, entry("app/x", 1)));
        assertThat(start.changed()).containsOnlyKeys(a);
        assertThat(start.absent()).containsExactly(b);
        assertThat(news.isAway(b)).isTrue();

        assertThat(news.take(List.of(first, entry("app/x", 2)))).isEqualTo(new GroupNews.News(Map.of(), List.of()));

        GroupNews.News come = news.take(List.of(first, entry("app/b", 3)));
        assertThat(come.changed()).containsOnlyKeys(b);
        assertThat(come.absent()).isEmpty();
        assertThat(news.isAway(b)).isFalse();

        assertThat(news.take(List.of(entry("app/b", 3)))).isEqualTo(new GroupNews.News(Map.of(), List.of(a)));
    }

    @Test
    void after_a_failure_everything_is_news() {
        List<KeyValue> entries = List.of(entry("app/a", 1));
        news.take(entries);
        news.forget();
        GroupNews.News again = news.take(entries);
        assertThat(again.changed()).containsOnlyKeys(a);
        assertThat(again.absent()).containsExactly(b);
    }
}
