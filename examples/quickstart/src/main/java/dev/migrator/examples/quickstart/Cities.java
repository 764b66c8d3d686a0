package dev.migrator.examples.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * Places of the world from GeoNames (www.geonames.org, CC BY 4.0).
 *
 * @param lines the lines of the CSV file, without the header: number, name, country, part of the country, coordinates
 */
record Cities(List<String> lines) {

    private static final String FILE = "/data/cities.csv.gz";

    /** Reads the file that comes with the quickstart. */
    static Cities read() {
        try (InputStream file = Objects.requireNonNull(Cities.class.getResourceAsStream(FILE), FILE);
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(new GZIPInputStream(file), StandardCharsets.UTF_8))) {
            return new Cities(reader.lines().skip(1).toList());
        } catch (IOException e) {
            throw new UncheckedIOException("Can't read " + FILE, e);
        }
    }

    /** The places as the application thinks of them. */
    List<Place> places() {
        return lines.stream().map(Cities::place).toList();
    }

    /** The CSV line of a row: the place after the last one is the first one again. */
    String line(long id) {
        String line = lines.get((int) ((id - 1) % lines.size()));
        return id + line.substring(line.indexOf(','));
    }

    private static Place place(String line) {
        List<String> fields = fields(line);
        return new Place(
                fields.get(1),
                fields.get(2),
                fields.get(3),
                Double.parseDouble(fields.get(4)),
                Double.parseDouble(fields.get(5)),
                0);
    }

    /** A field may stand in quotes, and a quote in it is written twice. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                boolean second = quoted && i + 1 < line.length() && line.charAt(i + 1) == '"';
                if (second) {
                    field.append(c);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
