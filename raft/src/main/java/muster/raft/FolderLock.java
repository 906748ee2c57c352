package muster.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One process, one log in a folder. The kernel gives the lock back when the process ends, however it ends. */
final class FolderLock implements AutoCloseable {
    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Throws {@link DataFolderException} where another holds it, with that process's id. */
    static FolderLock take(Path folder) throws IOException {
        Path file = folder.resolve("lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // The channel stays open: closing it would release the lock that this very process holds through another one.
            throw inUse(folder, "this process");
        }
        if (lock == null) {
            channel.close();
            throw inUse(folder, "process " + Files.readString(file, StandardCharsets.US_ASCII).strip());
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
        return new FolderLock(channel);
    }

    private static DataFolderException inUse(Path folder, String owner) {
        return new DataFolderException("the data folder " + folder + " is in use by " + owner
                + "; stop it first, or give this one a folder of its own");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
