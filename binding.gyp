{
  "targets": [
    {
      "target_name": "netwright",
      "type": "none",
      "actions": [
        {
          "action_name": "cmake_js",
          "inputs": ["CMakeLists.txt"],
          "outputs": ["build/Release/netwright.node"],
          "action": ["npx", "cmake-js", "build", "--silent"]
        }
      ]
    }
  ]
}
