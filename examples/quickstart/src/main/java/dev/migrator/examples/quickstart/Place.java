package dev.migrator.examples.quickstart;

/**
 * A place, as the application thinks of it, whatever the columns are called.
 *
 * @param name its name
 * @param country its country, two letters
 * @param admin1 the part of the country, possibly empty
 * @param latitude degrees north
 * @param longitude degrees east
 * @param version how often it was changed
 */
record Place(String name, String country, String admin1, double latitude, double longitude, int version) {

    Place renamed(String newName) {
        return new Place(newName, country, admin1, latitude, longitude, version + 1);
    }

    Place movedTo(double newLatitude, double newLongitude) {
        return new Place(name, country, admin1, newLatitude, newLongitude, version + 1);
    }

    Place assignedTo(String newCountry, String newAdmin1) {
        return new Place(name, newCountry, newAdmin1, latitude, longitude, version + 1);
    }

    Place asNew() {
        return new Place(name, country, admin1, latitude, longitude, 0);
    }
}
