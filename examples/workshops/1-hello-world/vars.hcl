config-yml-template = <<-EOF
  ---
  name: "Samantha"
  port: 1234

EOF

