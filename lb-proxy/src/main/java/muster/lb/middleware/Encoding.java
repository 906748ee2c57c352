package muster.lb.middleware;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.ZstdOutputStream;
import com.github.luben.zstd.util.Native;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** The content codings that answers can be given (RFC 9110, section 8.4.1; RFC 7932, RFC 8878), in Traefik's order of preference. */
enum Encoding {
    GZIP("gzip", true, out -> new GZIPOutputStream(out, 4096, true)),
    BROTLI("br", brotliLoads(), out -> new BrotliOutputStream(out, new Encoder.Parameters().setQuality(4))),
    ZSTD("zstd", zstdLoads(), out -> new ZstdOutputStream(out, 3).setCloseFrameOnFlush(false));

    private final String token;
    private final boolean isThere;
    private final Opener opener;

    private interface Opener {
        OutputStream open(OutputStream out) throws IOException;
    }

    Encoding(String token, boolean isThere, Opener opener) {
        this.token = token;
        this.isThere = isThere;
        this.opener = opener;
    }

    /** As Accept-Encoding and Content-Encoding have it. */
    String token() {
        return token;
    }

    /** Whether its library loads on this system. */
    boolean isThere() {
        return isThere;
    }

    static Optional<Encoding> of(String token) {
        return Arrays.stream(values()).filter(encoding -> encoding.token.equalsIgnoreCase(token)).findFirst();
    }

    /** A stream that gives what it has when it is flushed. */
    OutputStream open(OutputStream out) throws IOException {
        return opener.open(out);
    }

    private static boolean brotliLoads() {
        try {
            return Brotli4jLoader.isAvailable();
        } catch (LinkageError e) {
            return false;
        }
    }

    private static boolean zstdLoads() {
        try {
            Native.load();
            return Native.isLoaded();
        } catch (LinkageError | RuntimeException e) {
            return false;
        }
    }
}
