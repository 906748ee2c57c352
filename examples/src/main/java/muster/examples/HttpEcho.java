package muster.examples;

import java.io.IOException;
import java.net.ServerSocket;

/** {@code http-echo -listen :PORT -text TEXT}: answers TEXT on every path, and that it is well on {@code /health}. */
public final class HttpEcho {
    private HttpEcho() {}

    /** Ends with exit code 1 and a reason on standard error when it can't start. */
    public static void main(String[] args) {
        String listen = ":5678";
        String text = "";
        for (int i = 0; i < args.length; i++) {
            String flag = args[i].replaceFirst("^--?", "");
            int equals = flag.indexOf('=');
            String value = equals >= 0 ? flag.substring(equals + 1) : i + 1 < args.length ? args[++i] : "";
            switch (equals >= 0 ? flag.substring(0, equals) : flag) {
                case "listen" -> listen = value;
                case "text" -> text = value;
                default -> fail("http-echo does not know " + args[i] + ": it takes -listen :PORT and -text TEXT");
            }
        }
        String port = listen.substring(listen.lastIndexOf(':') + 1);
        if (text.isEmpty() || !port.matches("\\d{1,5}")) {
            fail("http-echo needs -text TEXT, and -listen in the form :PORT (found " + listen + ")");
        }
        String answer = text + "\n";
        try (ServerSocket server = TinyHttp.bind(Integer.parseInt(port))) {
            System.err.println("Server is listening on " + listen);
            TinyHttp.serve(server, path -> path.equals("/health") ? "{\"status\":\"ok\"}\n" : answer);
        } catch (IOException e) {
            fail("http-echo: can't listen on " + listen + ": " + e.getMessage());
        }
    }

    private static void fail(String reason) {
        System.err.println(reason);
        System.exit(1);
    }
}
