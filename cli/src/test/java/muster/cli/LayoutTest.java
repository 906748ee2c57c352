package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutTest {
    @Test
    void columnsAreAsWideAsTheirWidestCell() {
        assertThat(Layout.table(List.of("ID|Name|State", "1|a longer name|ok", "22||down"))).isEqualTo("""
                ID  Name           State
                1   a longer name  ok
                22  <none>         down""");
    }

    @Test
    void lettersAreCountedNotBytes() {
        assertThat(Layout.table(List.of("größe|x", "a|y"))).isEqualTo("größe  x\na      y");
    }

    @Test
    void valuesStandBehindOneColumnOfEquals() {
        assertThat(Layout.values(List.of("ID|x", "Submit Date|y", "Class|"))).isEqualTo("""
                ID          = x
                Submit Date = y
                Class       = <none>""");
    }

    @ParameterizedTest(name = "{1} before {2}")
    @CsvSource({
        "'<1s ago',     2026-01-01T00:00:00Z, 2026-01-01T00:00:00.300Z",
        "'5s ago',      2026-01-01T00:00:00Z, 2026-01-01T00:00:05Z",
        "'1m5s ago',    2026-01-01T00:00:00Z, 2026-01-01T00:01:05Z",
        "'2h ago',      2026-01-01T00:00:00Z, 2026-01-01T02:00:59Z",
        "'1d3h ago',    2026-01-01T00:00:00Z, 2026-01-02T03:20:00Z",
        "'1mo10d ago',  2026-01-01T00:00:00Z, 2026-02-10T00:00:00Z",
        "'1y1mo ago',   2025-01-01T00:00:00Z, 2026-02-10T00:00:00Z",
        "'30s from now',2026-01-01T00:00:30Z, 2026-01-01T00:00:00Z",
    })
    void saysHowLongAgoInTheTwoLargestUnits(String text, Instant time, Instant now) {
        assertThat(Layout.ago(time, now)).isEqualTo(text);
    }

    @ParameterizedTest(name = "{0} bytes")
    @CsvSource({"0, 0 B", "999, 999 B", "1024, 1.0 KiB", "1536, 1.5 KiB", "10240, 10 KiB", "51380224, 49 MiB", "3221225472, 3.0 GiB"})
    void sizesAreInBinaryUnits(double size, String text) {
        assertThat(Layout.bytes(size)).isEqualTo(text);
    }

    @Test
    void timesAreInTheZoneOfTheUser() {
        Instant time = Instant.parse("2026-06-01T10:00:00.9Z");

        assertThat(Layout.time(time, ZoneOffset.UTC)).isEqualTo("2026-06-01T10:00:00Z");
        assertThat(Layout.time(time, ZoneId.of("Europe/Berlin"))).isEqualTo("2026-06-01T12:00:00+02:00");
        assertThat(Layout.time(null, ZoneOffset.UTC)).isEqualTo("N/A");
    }

    @Test
    void idsAreCutToEightCharactersUnlessWanted() {
        assertThat(Layout.id("0123456789", false)).isEqualTo("01234567");
        assertThat(Layout.id("0123456789", true)).isEqualTo("0123456789");
        assertThat(Layout.id("012", false)).isEqualTo("012");
    }
}
