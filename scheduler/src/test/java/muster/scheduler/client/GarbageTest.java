package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GarbageTest {
    private static final ClientSettings.Collecting RULES = new ClientSettings.Collecting(Duration.ofMinutes(1), 80, 70, 3);

    @ParameterizedTest(name = "{0} % of the disk, {1} % of its files, {2} kept: {3}")
    @CsvSource(delimiter = '|', textBlock = """
            10  | 10 | 3 | ''
            80  | 70 | 3 | ''
            81  | 10 | 1 | disk usage of 81 is over gc threshold of 80
            10  | 90 | 1 | inode usage of 90 is over gc threshold of 70
            10  | 10 | 4 | number of allocations (4) is over the limit (3)
            99  | 99 | 9 | disk usage of 99 is over gc threshold of 80
            """)
    void hasAReason(double disk, double inodes, int kept, String reason) {
        assertThat(Garbage.reason(RULES, kept, new DiskUse(disk, inodes))).isEqualTo(Optional.of(reason).filter(text -> !text.isEmpty()));
    }

    @Test
    void theDiskTellsItsUse(@TempDir Path folder) throws IOException {
        DiskUse use = DiskUse.of(folder);
        assertThat(use.percent()).isBetween(0.0, 100.0);
        assertThat(use.inodePercent()).isBetween(0.0, 100.0);
    }
}
