"""What Prometheus and Grafana are told: scraping, alerts, a dashboard."""
