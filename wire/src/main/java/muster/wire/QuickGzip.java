package muster.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Packs as gzip does, on its quickest level: saved states pack to a fraction of themselves on any, and somebody waits for them. */
public final class QuickGzip extends GZIPOutputStream {
    private static final int BUFFER = 64 << 10;

    /** @param out gets the packed bytes; closed with this */
    public QuickGzip(OutputStream out) throws IOException {
        super(out, BUFFER);
        def.setLevel(Deflater.BEST_SPEED);
    }
}
