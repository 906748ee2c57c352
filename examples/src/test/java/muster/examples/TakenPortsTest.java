package muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
final class TakenPortsTest {
    private static final String TABLE = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:2134 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0
               1: 0100007F:2134 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000000000000000 20 4 30 10 -1
            """;

    @Test
    void namesTheProcessThatListens() throws Exception {
        try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DatagramSocket udp = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            String own = " is taken by " + Files.readString(Path.of("/proc/self/comm")).strip() + " (pid " + ProcessHandle.current().pid() + ")";
            assertThat(TakenPorts.of(Map.of(tcp.getLocalPort(), "one", udp.getLocalPort(), "two"))).containsExactlyInAnyOrder(
                    "port " + tcp.getLocalPort() + " (one)" + own, "port " + udp.getLocalPort() + " (two)" + own);
        }
    }

    @Test
    void onlyListenersCount() {
        assertThat(TakenPorts.sockets(TABLE, "0A")).isEqualTo(Map.of(8500, "4711"));
    }

    @Test
    void aProcessThatMayNotBeLookedIntoIsAnotherUsers(@TempDir Path proc) throws Exception {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/tcp"), TABLE);
        assertThat(TakenPorts.of(proc, Map.of(8500, "registry", 8600, "DNS")))
                .containsExactly("port 8500 (registry) is taken by another user's process");
    }

    @Test
    void withoutTablesNothingIsTaken(@TempDir Path proc) throws Exception {
        assertThat(TakenPorts.of(proc, Map.of(8500, "registry"))).isEmpty();
    }
}
