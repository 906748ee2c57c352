package muster.scheduler.client;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * How full the disk of a folder is, in percent.
 *
 * @param inodePercent 0 on file systems that have no fixed number of files
 */
record DiskUse(double percent, double inodePercent) {
    /** A struct statvfs of a 64-bit Linux, with room to spare; its first six words are of eight bytes. */
    private static final int STATVFS_BYTES = 256;
    private static final int BLOCKS = 2;
    private static final int BLOCKS_FREE = 3;
    private static final int BLOCKS_AVAILABLE = 4;
    private static final int FILES = 5;
    private static final int FILES_FREE = 6;

    /** Asks the kernel (statvfs(3)), as the JDK does not tell of inodes. */
    @SuppressWarnings("restricted")
    static DiskUse of(Path folder) throws IOException {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(STATVFS_BYTES, 8);
            int failed = (int) linker.downcallHandle(linker.defaultLookup().findOrThrow("statvfs"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS))
                    .invokeExact(arena.allocateFrom(folder.toString()), answer);
            if (failed != 0) {
                throw new IOException("can't look at the disk of " + folder);
            }
            long used = word(answer, BLOCKS) - word(answer, BLOCKS_FREE);
            long files = word(answer, FILES);
            return new DiskUse(percent(used, used + word(answer, BLOCKS_AVAILABLE)), percent(files - word(answer, FILES_FREE), files));
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static long word(MemorySegment answer, int index) {
        return answer.getAtIndex(ValueLayout.JAVA_LONG, index);
    }

    private static double percent(long part, long whole) {
        return whole <= 0 ? 0 : 100.0 * part / whole;
    }
}
