# Debian's Redmine with its own database, logs and temporary files, all in FOLDER, which already holds a copy of the
# database of Debian's package. Seeds 3,000 issues and the administrator's API key, then serves.
require '/usr/share/redmine/config/application'

app = Rails.application
folder = ENV.fetch('FOLDER')
app.config.paths['log'] = File.join(folder, 'redmine.log')
app.config.paths['tmp'] = File.join(folder, 'tmp')
app.config.cache_store = :memory_store
app.config.secret_key_base = 'of no consequence, nobody else can reach it' * 2
app.initialize!

Setting.rest_api_enabled = '1'
admin = User.find_by_login('admin')
admin.must_change_passwd = false
admin.password = admin.password_confirmation = ENV.fetch('PASSWORD')
admin.save!
Token.create!(user: admin, action: 'api').update_column(:value, ENV.fetch('API_KEY'))
project = Project.create!(name: 'Plenty', identifier: 'plenty', enabled_module_names: %w[issue_tracking])
project.update!(trackers: Tracker.all)

start = Time.utc(2024, 1, 1)
same = {
  tracker_id: Tracker.first.id, project_id: project.id, status_id: IssueStatus.first.id,
  priority_id: IssuePriority.first.id, author_id: admin.id, start_date: start.to_date, created_on: start, lft: 1, rgt: 2
}
# Three each were changed in the same second, so some ties cross pages of 100.
Issue.insert_all(
  (1..3000).map do |id|
    same.merge(id: id, root_id: id, subject: "Issue #{id}", updated_on: start + (id - 1) / 3 * 3600)
  end
)
run app
