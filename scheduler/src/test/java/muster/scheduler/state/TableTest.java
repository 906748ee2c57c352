package muster.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TableTest {
    private record Snapshot(Table<Integer> table, Map<String, Integer> expected) {}

    private static Map<String, Integer> contents(Table<Integer> table) {
        Map<String, Integer> found = new TreeMap<>();
        table.scan("", (key, value) -> found.put(key, value) == null);
        return found;
    }

    /**
     * Commands of up to thirty changes each, in place under the command's owner, with removals between them; after each command the table
     * is put aside. In the end all that were put aside are still what they were.
     */
    @Test
    void noSnapshotSeesWhatLaterCommandsChangeInPlace() {
        Random random = new Random(7);
        List<Snapshot> snapshots = new ArrayList<>();
        Table<Integer> table = Table.empty();
        Map<String, Integer> expected = new TreeMap<>();
        for (int command = 0; command < 400; command++) {
            Object owner = new Object();
            for (int i = random.nextInt(30); i >= 0; i--) {
                String key = "k" + random.nextInt(500);
                if (random.nextInt(4) == 0) {
                    table = table.without(key);
                    expected.remove(key);
                } else {
                    table = table.with(key, command, owner);
                    expected.put(key, command);
                }
            }
            snapshots.add(new Snapshot(table, new TreeMap<>(expected)));
        }
        for (Snapshot snapshot : snapshots) {
            assertThat(contents(snapshot.table())).isEqualTo(snapshot.expected());
            assertThat(snapshot.table().size()).isEqualTo(snapshot.expected().size());
        }
    }

    @Test
    void whatWasMadeWithoutAnOwnerNeverChanges() {
        Table<Integer> one = Table.<Integer>empty().with("a", 1).with("b", 2);
        Table<Integer> other = one.with("a", 3).with("c", 4, new Object());

        assertThat(contents(one)).isEqualTo(Map.of("a", 1, "b", 2));
        assertThat(contents(other)).isEqualTo(Map.of("a", 3, "b", 2, "c", 4));
    }

    /** In ascending order, which turns the tree most: looking for a key takes no more steps than its height, which stays logarithmic. */
    @Test
    void staysLevelWhenChangedInPlace() {
        Object owner = new Object();
        Table<Integer> table = Table.empty();
        for (int i = 0; i < 10_000; i++) {
            table = table.with("%05d".formatted(i), i, owner);
        }
        assertThat(table.height()).isLessThanOrEqualTo(20);
        assertThat(table.get("09999")).isEqualTo(9999);
    }
}
