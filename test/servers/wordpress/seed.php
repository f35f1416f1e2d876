<?php
// Installs WordPress, writes POSTS posts and 250 comments, and prints an application password of the user admin.
// Three posts each were changed in the same second, an hour after the three before; three comments each likewise.
$_SERVER += ['HTTP_HOST' => '127.0.0.1', 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1'];
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
(new mysqli('localhost', 'root', '', '', 0, getenv('DB_SOCKET')))->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');

define('ABSPATH', getenv('SITE') . '/');
define('WP_INSTALLING', true);
require ABSPATH . 'wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_wp_mail', '__return_true');
wp_install('Plenty', 'admin', 'admin@example.org', true, '', 'admin of plenty');
update_option('permalink_structure', '/%postname%/');

$wpdb->query("DELETE FROM {$wpdb->posts}");
foreach (array_chunk(range(1, (int) getenv('POSTS')), 500) as $ids) {
    $rows = array_map(function ($id) {
        $time = gmdate('Y-m-d H:i:s', gmmktime(0, 0, 0, 1, 1, 2024) + intdiv($id - 1, 3) * 3600);
        return "($id, 1, 'Post $id', 'post-$id', 'Content of $id', '', '', '', '', 'publish', '$time', '$time', '$time', '$time')";
    }, $ids);
    $wpdb->query(
        "INSERT INTO {$wpdb->posts} (ID, post_author, post_title, post_name, post_content, post_excerpt, to_ping, pinged,
        post_content_filtered, post_status, post_date, post_date_gmt, post_modified, post_modified_gmt) VALUES " . implode(', ', $rows)
    );
}
$wpdb->query("DELETE FROM {$wpdb->comments}");
$rows = array_map(function ($id) {
    $time = gmdate('Y-m-d H:i:s', gmmktime(0, 30, 0, 1, 1, 2024) + intdiv($id - 1, 3) * 3600);
    return "($id, 1 + $id % 40, 'Reader $id', 'reader$id@example.org', '$time', '$time', 'Comment $id', '1', 'comment')";
}, range(1, 250));
$wpdb->query(
    "INSERT INTO {$wpdb->comments} (comment_ID, comment_post_ID, comment_author, comment_author_email, comment_date,
    comment_date_gmt, comment_content, comment_approved, comment_type) VALUES " . implode(', ', $rows)
);
[$password] = WP_Application_Passwords::create_new_application_password(1, ['name' => 'tests']);
// As WordPress shows it to its users.
echo WP_Application_Passwords::chunk_password($password);
