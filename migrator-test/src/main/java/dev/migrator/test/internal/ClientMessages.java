package dev.migrator.test.internal;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Knows which SQL a client's message executes, also where it names a statement that was prepared before.
 *
 * <p>Source: PostgreSQL manual, 55.7 "Message Formats".
 */
final class ClientMessages {

    private final Map<String, String> statements = new HashMap<>();
    private final Map<String, String> portals = new HashMap<>();

    /** Takes note of a message; the SQL if it is one that executes. */
    Optional<String> read(char type, byte[] body) {
        return switch (type) {
            case 'Q' -> Optional.of(text(body, 0));
            case 'E' -> Optional.of(portals.getOrDefault(text(body, 0), ""));
            case 'P' -> {
                String name = text(body, 0);
                statements.put(name, text(body, bytes(name) + 1));
                yield Optional.empty();
            }
            case 'B' -> {
                String portal = text(body, 0);
                portals.put(portal, statements.getOrDefault(text(body, bytes(portal) + 1), ""));
                yield Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    /** Whether the server answers this message with ReadyForQuery. */
    static boolean asksForReady(char type) {
        return type == 'Q' || type == 'S' || type == 'F';
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String text(byte[] body, int from) {
        int end = from;
        while (end < body.length && body[end] != 0) {
            end++;
        }
        return new String(body, from, end - from, StandardCharsets.UTF_8);
    }
}
